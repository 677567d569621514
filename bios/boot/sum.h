/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checksum that an image carries for the boot loader of BIOS media, which cannot notice
 * wrong data in any other way.  Computed by high.c, and by the host tool, which writes it;
 * shim/face/layout.h says which bytes it covers.
 *
 * It is cheap (85 instructions for 512 bytes with SSE2) and notices the faults of media and
 * BIOSes.  Within a block it is Fletcher's sum of sums in two lanes of 64 bits; the second
 * sum is four, taken in turn, and the first is rotated, so that no two flipped bits cancel
 * each other out.  Each block ends in a step that is not linear and can be reversed, so
 * that blocks in another order change the sum too.
 */
#ifndef BIOS_BOOT_SUM_H
#define BIOS_BOOT_SUM_H

#include <stddef.h>
#include <stdint.h>

#include "protocol/pe.h"
#include "shim/face/layout.h"

#define SUM_BLOCK 512u
#define SUM_TOTALS 4
#define SUM_WORDS 10
#define SUM_ROTATION 23
#define SUM_MULTIPLIER 0x9e3779b97f4a7c15u /* odd, its bits are in no order */

#define SUM_OPTIONAL (PE_OFFSET + sizeof(struct pe_header))
#define SUM_DIRECTORY(n) \
	(offsetof(struct pe_optional_header64, DataDirectory) + (n) * sizeof(uint64_t))

/* Dwords that count as 0: those that signing changes, and the checksum itself. */
#define SUM_SKIPPED 5
static const uint16_t sum_skipped[SUM_SKIPPED] = {
	SUM_OPTIONAL + offsetof(struct pe_optional_header64, CheckSum),
	SUM_OPTIONAL + SUM_DIRECTORY(PE_DIRECTORY_SECURITY),
	SUM_OPTIONAL + SUM_DIRECTORY(PE_DIRECTORY_SECURITY) + 4,
	IMAGE_SUM_OFFSET,
	IMAGE_SUM_OFFSET + 4,
};

/* Two lanes that one instruction adds, and the same bytes as 32-bit words. */
typedef uint64_t sum_lanes __attribute__((vector_size(16)));
typedef uint32_t sum_words __attribute__((vector_size(16)));

/** struct image_sum - state after all blocks so far; all zeros before the first */
struct image_sum {
	union {
		sum_lanes lanes[1 + SUM_TOTALS];
		uint64_t word[SUM_WORDS];
	};
};

/** sum_add() - add @blocks of SUM_BLOCK bytes, at a multiple of 16 */
static inline void sum_add(struct image_sum *state, const void *bytes, size_t blocks)
{
	const sum_lanes *from = bytes;
	sum_lanes sum = state->lanes[0], a = state->lanes[1], b = state->lanes[2];
	sum_lanes c = state->lanes[3], d = state->lanes[4];

	for (; blocks; blocks--, from += SUM_BLOCK / sizeof(*from)) {
#pragma GCC unroll 8
		for (size_t i = 0; i < SUM_BLOCK / sizeof(*from); i += SUM_TOTALS) {
			a += sum += from[i];
			b += sum += from[i + 1];
			c += sum += from[i + 2];
			d += sum += from[i + 3];
			sum = (sum_lanes)__builtin_shufflevector((sum_words)sum, (sum_words)sum, 1,
								 2, 3, 0);
		}
		a = d + (a << SUM_ROTATION | a >> (64 - SUM_ROTATION));
		b += a;
		c += b;
		d += c;
	}
	*state = (struct image_sum){ .lanes = { sum, a, b, c, d } };
}

/** sum_value() - the checksum, as an image stores it */
static inline uint64_t sum_value(const struct image_sum *state)
{
	uint64_t value = 0;

	for (size_t i = 0; i < SUM_WORDS; i++) {
		value = (value ^ state->word[i]) * SUM_MULTIPLIER;
		value ^= value >> 32;
	}
	return value;
}

#endif
