// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a byte costs to hash: the time-stamp counter's ticks for 2 MiB, the best of some runs,
 * with the image's own code.  Program for the host, run by bench.py; a line for each hash.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/world.h"
#include "shim/hash/hash.h"
#include "shim/pc/instructions.h"

#define SIZE (2u << 20)
#define RUNS 20
/* Ticks for a byte that are too many, with SHA extensions and without: twice what should be,
 * since a processor's other thread may take half of it. */
#define LIMIT_SHA 6.0
#define LIMIT 30.0

/**
 * struct hash
 * @extended: the SHA extensions are for this one
 */
struct hash {
	const char *name;
	uint16_t id;
	bool extended;
};

static const struct hash hashes[] = { { "sha1", ALG_SHA1, true },
				      { "sha256", ALG_SHA256, true },
				      { "sha384", ALG_SHA384, false },
				      { "sha512", ALG_SHA512, false } };

/* Each run has another address, since a digest that is known is not computed again. */
static double ticks(uint16_t id, const uint8_t *bytes)
{
	static size_t moved;
	uint8_t digest[HASH_MAX];
	uint64_t best = UINT64_MAX;

	for (int run = 0; run < RUNS; run++) {
		uint64_t begin = rdtsc(), spent;

		hash_span(id, (struct span){ bytes + moved++, SIZE }, digest);
		spent = rdtsc() - begin;
		best = spent < best ? spent : best;
	}
	return (double)best / SIZE;
}

int main(void)
{
	uint8_t *bytes = malloc(SIZE + 4096);
	bool sha = machine_vectors() & MACHINE_SHA;
	int wrong = 0;

	if (!bytes)
		return 1;
	memset(bytes, 0x5a, SIZE + 4096);
	for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
		double limit = sha && hashes[i].extended ? LIMIT_SHA : LIMIT;
		double spent = ticks(hashes[i].id, bytes);

		printf("%s hash/%-6s %.1f ticks a byte, limit %.0f\n",
		       spent < limit ? "PASS" : "FAIL", hashes[i].name, spent, limit);
		wrong += spent >= limit;
	}
	free(bytes);
	return wrong != 0;
}
