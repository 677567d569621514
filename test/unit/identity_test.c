// SPDX-License-Identifier: BSD-2-Clause
/* The identity map that kernels are entered with, walked as a processor walks it. */
#include "shim/pc/paging.h"
#include "test/unit/check.h"

#define GIB 0x40000000ull
#define ADDRESS 0xffffffffff000ull
#define LARGE 0x80

static uint64_t entry(uint64_t table, uint64_t index)
{
	return ((uint64_t *)(uintptr_t)table)[index & 511];
}

/* Where an address leads to; UINT64_MAX where nothing is mapped. */
static uint64_t walk(uint64_t root, uint64_t address)
{
	uint64_t e = entry(root, address >> 48);

	if ((e & 3) != 3)
		return UINT64_MAX;
	e = entry(e & ADDRESS, address >> 39);

	if ((e & 3) != 3)
		return UINT64_MAX;
	e = entry(e & ADDRESS, address >> 30);
	if ((e & 3) != 3)
		return UINT64_MAX;
	if (e & LARGE)
		return (e & ~(GIB - 1)) | (address & (GIB - 1));
	e = entry(e & ADDRESS, address >> 21);
	if ((e & 3) != 3)
		return UINT64_MAX;
	return (e & ~0x1fffffull) | (address & 0x1fffff);
}

static void check_top(uint64_t top, bool gib)
{
	uint64_t size = paging_size(top, gib);
	uint8_t *p = aligned_alloc(4096, size);
	uint64_t root = (uintptr_t)p, end = top < 4 * GIB ? 4 * GIB : top;

	memset(p, 0xee, size);
	paging_write(root, top, gib);
	for (uint64_t a = 0; a < end; a += 0x1fffff)
		CHECK_EQUAL(walk(root, a), a);
	CHECK_EQUAL(walk(root, end - 1), end - 1);
	CHECK_EQUAL(walk(root, (end + GIB - 1) / GIB * GIB), UINT64_MAX);
	CHECK_EQUAL(((uint64_t *)(uintptr_t)root)[0], (root + 4096) | 3);
	free(p);
}

static void test_identity(void)
{
	const uint64_t tops[] = { 1,	   64ull << 20, 4 * GIB,   4 * GIB + 1,
				  6 * GIB, 100 * GIB,	513 * GIB, 1025 * GIB + 5 };

	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
		check_top(tops[i], false);
		check_top(tops[i], true);
	}
	CHECK_EQUAL(paging_size(1, false), 7 * 4096);
	CHECK_EQUAL(paging_size(1, true), 3 * 4096);
}

const struct test identity_tests[] = { { "identity map", test_identity }, { 0 } };
