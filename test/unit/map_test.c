// SPDX-License-Identifier: BSD-2-Clause
/*
 * The memory map against an oracle: an array with a type and a mark per page of a
 * small address space, and random ranges from a fixed seed.
 */
#include "protocol/map.h"
#include "test/unit/check.h"

#define PAGES 64
#define PAGE_SIZE 4096ull

static struct map m;
static uint32_t oracle_type[PAGES];
static bool oracle_used[PAGES];
static uint64_t seed;

static uint32_t below(uint32_t n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(seed >> 33) % n;
}

static void start(uint64_t s)
{
	seed = s;
	memset(&m, 0, sizeof(m));
	memset(oracle_type, 0, sizeof(oracle_type));
	memset(oracle_used, 0, sizeof(oracle_used));
}

static void lay_random_range(void)
{
	uint32_t a = below(PAGES), b = below(PAGES + 1), type = below(6);

	if (type)
		map_add(&m, a * PAGE_SIZE, b * PAGE_SIZE, type);
	else
		map_use(&m, a * PAGE_SIZE, b * PAGE_SIZE);
	for (uint32_t i = a; i < b; i++) {
		if (type > oracle_type[i])
			oracle_type[i] = type;
		oracle_used[i] |= !type;
	}
}

static struct range range_at(uint64_t addr)
{
	for (uint32_t i = 0; i < m.n; i++)
		if (addr >= m.r[i].base && addr < m.r[i].end)
			return m.r[i];
	return (struct range){ 0 };
}

static void check_oracle(void)
{
	uint64_t total[6] = { 0 };

	for (uint32_t i = 0; i < PAGES; i++) {
		struct range r = range_at(i * PAGE_SIZE);

		CHECK_EQUAL(r.type, oracle_type[i]);
		CHECK_EQUAL(r.used, oracle_used[i]);
		total[oracle_type[i]] += PAGE_SIZE;
	}
	for (uint32_t t = 1; t < 6; t++)
		CHECK_EQUAL(map_total(&m, t), total[t]);
	for (uint32_t i = 0; i < m.n; i++)
		CHECK(m.r[i].base < m.r[i].end && (m.r[i].type != MAP_HOLE || m.r[i].used));
	for (uint32_t i = 1; i < m.n; i++) {
		const struct range *a = &m.r[i - 1], *b = &m.r[i];

		CHECK(a->end <= b->base);
		CHECK(a->end < b->base || a->type != b->type || a->used != b->used);
	}
}

static bool oracle_free(uint32_t from, uint32_t pages)
{
	for (uint32_t i = from; i < from + pages; i++)
		if (i >= PAGES || oracle_type[i] != MAP_RAM || oracle_used[i])
			return false;
	return true;
}

static void check_find(void)
{
	uint32_t pages = 1 + below(6), align = 1u << below(3), min = 1 + below(PAGES / 2);
	uint32_t max = below(PAGES + 1), low = 0, high = 0;
	struct fit fit = { pages * PAGE_SIZE, align * PAGE_SIZE, min * PAGE_SIZE, max * PAGE_SIZE };

	for (uint32_t i = min; i + pages <= max; i++)
		if (i % align == 0 && oracle_free(i, pages)) {
			low = low ? low : i;
			high = i;
		}
	CHECK_EQUAL(map_find_low(&m, fit), low * PAGE_SIZE);
	CHECK_EQUAL(map_find_high(&m, fit), high * PAGE_SIZE);
}

static void check_cover(void)
{
	uint32_t a = below(PAGES), n = 1 + below(4);
	bool ram = true;

	for (uint32_t i = a; i < a + n; i++)
		ram &= i < PAGES && oracle_type[i] == MAP_RAM;
	CHECK_EQUAL(map_is_free(&m, a * PAGE_SIZE, (a + n) * PAGE_SIZE), oracle_free(a, n));
	CHECK_EQUAL(map_is_ram(&m, a * PAGE_SIZE, (a + n) * PAGE_SIZE), ram);
}

/* A kernel is told types only, each stretch of one type once. */
static void check_walk(void)
{
	struct range r, last = { 0 };
	uint64_t total = 0, expected = 0;

	for (uint32_t i = 0; map_next(&m, &i, &r);) {
		CHECK(r.type != MAP_HOLE && !r.used);
		CHECK(r.base >= last.end);
		CHECK(r.base > last.end || r.type != last.type);
		total += r.end - r.base;
		last = r;
	}
	for (uint32_t i = 0; i < PAGES; i++)
		expected += oracle_type[i] ? PAGE_SIZE : 0;
	CHECK_EQUAL(total, expected);
}

static void test_map_oracle(void)
{
	for (uint64_t s = 1; s <= 3000; s++) {
		start(s);
		for (uint32_t i = 0, n = below(24); i < n; i++)
			lay_random_range();
		check_oracle();
		check_find();
		check_cover();
		check_walk();
		map_release(&m);
		memset(oracle_used, 0, sizeof(oracle_used));
		check_oracle();
	}
}

static void test_map_edges(void)
{
	start(0);
	map_add(&m, 5, 5, MAP_RAM);
	map_add(&m, 9, 3, MAP_RAM);
	CHECK_EQUAL(m.n, 0);
	CHECK_EQUAL(map_top(&m), 0);
	map_add(&m, UINT64_MAX - 10, UINT64_MAX, MAP_RAM);
	CHECK_EQUAL(map_top(&m), UINT64_MAX);
	CHECK_EQUAL(map_find_low(&m, (struct fit){ 4, 4096, 1, UINT64_MAX }), 0);
	/* The last page can still be rounded up to, what follows it cannot. */
	map_add(&m, UINT64_MAX - 4095, UINT64_MAX, MAP_RAM);
	CHECK_EQUAL(map_find_low(&m, (struct fit){ 4, 4096, 1, UINT64_MAX }), UINT64_MAX - 4095);
	CHECK_EQUAL(map_find_low(&m, (struct fit){ 4, 4096, UINT64_MAX - 4094, UINT64_MAX }), 0);
	map_add(&m, 0, 4096, MAP_RAM);
	CHECK_EQUAL(map_find_low(&m, (struct fit){ 16, 16, 1, 4096 }), 16);
}

static void test_map_full(void)
{
	start(0);
	for (uint64_t i = 0; i < MAP_MAX; i++)
		map_add(&m, i * 8, i * 8 + 4, MAP_RAM);
	CHECK_EQUAL(m.n, MAP_MAX);
	CHECK_EQUAL(DIES_WITH(map_add(&m, 1ull << 40, 2ull << 40, MAP_RAM)), E_MAP_FULL);
	CHECK_TEXT(world_said(), "memory map has more than 2048 ranges");
	/* Marks outside all memory take places only as long as they are there. */
	start(0);
	map_add(&m, 0, 4, MAP_RAM);
	for (uint64_t i = 1; i < MAP_MAX; i++)
		map_use(&m, i * 8, i * 8 + 4);
	map_release(&m);
	CHECK_EQUAL(m.n, 1);
	CHECK_EQUAL(map_total(&m, MAP_RAM), 4);
}

static void test_map_has_ram(void)
{
	m = (struct map){ 0 };
	map_add(&m, 0x1000, 0x3000, MAP_RAM);
	map_add(&m, 0x3000, 0x5000, MAP_NVS);
	CHECK(map_has_ram(&m, 0x2fff, 0x3001));
	CHECK(map_has_ram(&m, 0, 0x1001));
	CHECK(!map_has_ram(&m, 0, 0x1000));
	CHECK(!map_has_ram(&m, 0x3000, 0x6000));
}

const struct test map_tests[] = { { "map: any RAM", test_map_has_ram },
				  { "map: against the oracle", test_map_oracle },
				  { "map: edges", test_map_edges },
				  { "map: full", test_map_full },
				  { 0 } };
