// SPDX-License-Identifier: BSD-2-Clause
/*
 * The checksum of images (bios/boot/sum.h): that what media and BIOSes do to data is
 * never without effect.  The algorithm itself is checked against a second one, written
 * from its description, in media_test.py.
 */
#include "bios/boot/sum.h"
#include "test/unit/check.h"

#define BLOCKS 400u
#define BITS (8 * SUM_BLOCK)

static struct {
	_Alignas(16) uint8_t block[BLOCKS][SUM_BLOCK];
} data;

static struct image_sum whole(void)
{
	struct image_sum sum = { .word = { 0 } };

	sum_add(&sum, data.block, BLOCKS);
	return sum;
}

/* Whether the sum, and what is stored of it, are others than before. */
static bool is_seen(const struct image_sum *before)
{
	struct image_sum now = whole();

	return memcmp(&now, before, sizeof(now)) != 0 && sum_value(&now) != sum_value(before);
}

static void fill(void)
{
	uint64_t x = 88172645463325252;

	for (uint32_t i = 0; i < sizeof(data.block); i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		data.block[i / SUM_BLOCK][i % SUM_BLOCK] = (uint8_t)x;
	}
}

static void flip(uint8_t *block, uint32_t bit)
{
	block[bit / 8] ^= (uint8_t)(1 << bit % 8);
}

/* All of them: of one bit, whole; of two, those that additions carry least far. */
static void test_flips(void)
{
	struct image_sum before, one, now;
	uint32_t missed = 0;

	fill();
	before = whole();
	for (uint32_t bit = 0; bit < BITS; bit += 7) {
		flip(data.block[bit % BLOCKS], bit);
		CHECK(is_seen(&before));
		flip(data.block[bit % BLOCKS], bit);
	}
	one = before;
	sum_add(&one, data.block, 1);
	for (uint32_t a = 0; a < BITS; a++) {
		flip(data.block[0], a);
		for (uint32_t b = a % 32; b < a; b += 32) {
			flip(data.block[0], b);
			now = before;
			sum_add(&now, data.block, 1);
			missed += !memcmp(&now, &one, sizeof(now));
			flip(data.block[0], b);
		}
		flip(data.block[0], a);
	}
	CHECK_EQUAL(missed, 0);
}

static void swap(uint32_t a, uint32_t b)
{
	uint8_t kept[SUM_BLOCK];

	memcpy(kept, data.block[a], SUM_BLOCK);
	memcpy(data.block[a], data.block[b], SUM_BLOCK);
	memcpy(data.block[b], kept, SUM_BLOCK);
}

/* Swapped, stale, zeroed and shifted blocks, at every distance. */
static void test_blocks(void)
{
	struct image_sum before;
	uint8_t kept[SUM_BLOCK];

	fill();
	before = whole();
	memcpy(kept, data.block[0], SUM_BLOCK);
	for (uint32_t i = 1; i < BLOCKS; i++) {
		swap(0, i);
		CHECK(is_seen(&before));
		swap(0, i);
		memcpy(data.block[0], data.block[i], SUM_BLOCK);
		CHECK(is_seen(&before));
		memcpy(data.block[0], kept, SUM_BLOCK);
	}
	memset(data.block[7], 0, SUM_BLOCK);
	CHECK(is_seen(&before));
	fill();
	memmove(data.block[1], data.block[0], sizeof(data.block) - SUM_BLOCK);
	CHECK(is_seen(&before));
	fill();
	memmove(data.block[0], &data.block[0][1], sizeof(data.block) - 1);
	CHECK(is_seen(&before));
}

/* One word in a block of zeros, at two places: plain sums are the same for both orders. */
static void test_sparse(void)
{
	struct image_sum before;

	for (uint32_t bit = 0; bit < 64; bit += 9)
		for (uint32_t distance = 1; distance < BLOCKS; distance++) {
			memset(&data, 0, sizeof(data));
			flip(data.block[0], bit);
			flip(data.block[distance], bit + 8 * 64);
			before = whole();
			swap(0, distance);
			CHECK(is_seen(&before));
		}
}

/* Pieces of any size give what the whole gives. */
static void test_pieces(void)
{
	struct image_sum before, sum = { .word = { 0 } };
	uint32_t at = 0;

	fill();
	before = whole();
	for (uint32_t n = 0; at + n <= BLOCKS; n++) {
		sum_add(&sum, data.block[at], n);
		at += n;
	}
	sum_add(&sum, data.block[at], BLOCKS - at);
	CHECK_EQUAL(memcmp(&sum, &before, sizeof(sum)), 0);
}

const struct test sum_tests[] = { { "sum: a flipped bit, and every two of the same weight",
				    test_flips },
				  { "sum: blocks swapped, stale, zeroed, shifted", test_blocks },
				  { "sum: swapped blocks of the same plain sum", test_sparse },
				  { "sum: in pieces", test_pieces },
				  { 0 } };
