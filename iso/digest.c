// SPDX-License-Identifier: BSD-2-Clause
/*
 * Checksums of sections, and of a whole image.  Called by `lintel build --measure`,
 * by `lintel inspect`, and where media are made.
 */
#include "iso/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bios/boot/sum.h"
#include "iso/allocate.h"
#include "iso/put.h"
#include "iso/reject.h"
#include "protocol/number.h"

#define CHUNK MIB

struct digest digest_of(const char *algorithm, struct span s)
{
	const EVP_MD *md = EVP_get_digestbyname(algorithm);
	struct digest d = { .size = 0 };

	if (!md || !EVP_Digest(s.p, s.len, d.bytes, &d.size, md, NULL))
		reject(algorithm, "is a checksum that libcrypto does not make on this machine");
	return d;
}

void digest_print(char text[DIGEST_TEXT], const struct digest *d)
{
	text[0] = '\0';
	for (size_t i = 0; i < d->size; i++)
		snprintf(text + 2 * i, 3, "%02x", d->bytes[i]);
}

/* The checksum of the first @size bytes.  They are copied to a buffer, since sum_add()
 * needs an address that is a multiple of 16. */
static uint64_t sum_of(struct span f, size_t size)
{
	struct image_sum sum = { .word = { 0 } };
	uint8_t *buffer = allocate(CHUNK);

	for (size_t at = 0; at < size; at += CHUNK) {
		size_t n = size - at < CHUNK ? size - at : CHUNK;

		memcpy(buffer, f.p + at, n);
		for (size_t i = 0; !at && i < SUM_SKIPPED; i++)
			put32(buffer + sum_skipped[i], 0);
		sum_add(&sum, buffer, n / SUM_BLOCK);
	}
	free(buffer);
	return sum_value(&sum);
}

const char *digest_image(struct span f)
{
	uint32_t size = rd32(f, IMAGE_SUM_SIZE_OFFSET);

	if (!size)
		return "none";
	if (size > f.len || size % SUM_BLOCK)
		return "wrong";
	return sum_of(f, size) == rd64(f, IMAGE_SUM_OFFSET) ? "ok" : "wrong";
}
