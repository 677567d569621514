// SPDX-License-Identifier: BSD-2-Clause
/* The EFI memory map becomes E820, by the specification's table of types. */
#include "protocol/efimap.h"
#include "protocol/handoff.h"
#include "test/unit/check.h"

#define PAGE_SIZE 4096ull
#define DESC_SIZE 48 /* larger than the structure, as firmware has it */
#define MANY 1300

static struct handoff h;
static uint8_t map[MANY * DESC_SIZE];

static void describe(uint32_t i, struct efi_descriptor d)
{
	memcpy(map + i * DESC_SIZE, &d, sizeof(d));
}

static int read_map(uint32_t n)
{
	world_reset();
	handoff_init(&h, "efi");
	return DIES_WITH(efi_map_read((struct span){ map, n * DESC_SIZE }, DESC_SIZE, &h));
}

/* UEFI 2.10, table 7.6: what each type is after ExitBootServices. */
static void test_efimap_types(void)
{
	static const uint32_t e820[] = { 2, 1, 1, 1, 1, 2, 2, 1, 5, 3, 4, 2, 2, 2, 7, 2, 2 };

	for (uint32_t i = 0; i < sizeof(e820) / sizeof(e820[0]); i++)
		CHECK_EQUAL(efi_map_e820(i, 0), e820[i]);
	CHECK_EQUAL(efi_map_e820(7, 0x40000), 0xefffffff);
	CHECK_EQUAL(efi_map_e820(0x80000000, 0), 2);
}

static void test_efimap_merges(void)
{
	const uint32_t type[] = { 3, 7, 4, 2, 1, 9, 10, 7 };
	struct range r;
	uint32_t i = 0;

	for (uint32_t d = 0; d < 8; d++)
		describe(d, (struct efi_descriptor){ .Type = type[d],
						     .PhysicalStart = d * PAGE_SIZE,
						     .NumberOfPages = 1 });
	CHECK_EQUAL(read_map(8), 0);
	CHECK(map_next(&h.map, &i, &r));
	CHECK_EQUAL(r.end, 5 * PAGE_SIZE);
	CHECK_EQUAL(r.type, MAP_RAM);
	CHECK_EQUAL(map_total(&h.map, MAP_RAM), 6 * PAGE_SIZE);
	CHECK_EQUAL(map_total(&h.map, MAP_ACPI), PAGE_SIZE);
}

static void test_efimap_many(void)
{
	for (uint32_t d = 0; d < MANY; d++)
		describe(d, (struct efi_descriptor){ .Type = d % 2 ? 7 : 0,
						     .PhysicalStart = d * PAGE_SIZE,
						     .NumberOfPages = 1 });
	CHECK_EQUAL(read_map(MANY), 0);
	CHECK_EQUAL(h.map.n, MANY);
	CHECK_EQUAL(map_total(&h.map, MAP_RAM), MANY / 2 * PAGE_SIZE);
}

static void test_efimap_lies(void)
{
	describe(0, (struct efi_descriptor){ .Type = 7, .NumberOfPages = UINT64_MAX / 8 });
	CHECK_EQUAL(read_map(1), E_TAG);
	describe(0, (struct efi_descriptor){
			    .Type = 7, .PhysicalStart = UINT64_MAX - 4095, .NumberOfPages = 2 });
	CHECK_EQUAL(read_map(1), E_TAG);
	world_reset();
	CHECK_EQUAL(DIES_WITH(efi_map_read((struct span){ map, 400 }, 39, &h)), E_BLOCK);
}

const struct test efimap_tests[] = { { "efi map: types", test_efimap_types },
				     { "efi map: merges", test_efimap_merges },
				     { "efi map: 1300 descriptors", test_efimap_many },
				     { "efi map: lies", test_efimap_lies },
				     { 0 } };
