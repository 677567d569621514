// SPDX-License-Identifier: BSD-2-Clause
/* Finding ACPI's root pointer. */
#include "protocol/acpi.h"
#include "protocol/handoff.h"
#include "test/unit/check.h"

static struct handoff h;

static struct acpi_rsdp make(uint8_t revision, uint32_t rsdt)
{
	struct acpi_rsdp r = { .signature = { 'R', 'S', 'D', ' ', 'P', 'T', 'R', ' ' },
			       .revision = revision,
			       .rsdt_address = rsdt,
			       .length = revision < 2 ? 0 : ACPI_RSDP_SIZE };

	world_sum((uint8_t *)&r, ACPI_RSDP_SIZE_V1, offsetof(struct acpi_rsdp, checksum));
	world_sum((uint8_t *)&r, ACPI_RSDP_SIZE, offsetof(struct acpi_rsdp, extended_checksum));
	return r;
}

static uint8_t *rom(void)
{
	world_reset();
	handoff_init(&h, "test");
	return world_put(0xe0000, NULL, 0x20000);
}

static void test_acpi_rom(void)
{
	struct acpi_rsdp r = make(0, 0x1234);
	uint8_t *p = rom();

	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0);
	memcpy(p + 0x59d0, &r, ACPI_RSDP_SIZE_V1);
	p[0x59d0 + 16] ^= 1; /* a wrong checksum is none */
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0);
	p[0x59d0 + 16] ^= 1;
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0xe59d0);
}

static void test_acpi_ebda_first(void)
{
	struct acpi_rsdp r = make(2, 0x1234);

	memcpy(rom() + 0x100, &r, sizeof(r));
	world_put(0x40e, "\xc0\x9f", 2);
	memcpy(world_put(0x9fc00, NULL, 1024) + 0x20, &r, sizeof(r));
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0x9fc20);
}

static void test_acpi_extended_checksum(void)
{
	struct acpi_rsdp r = make(2, 0x1234);
	uint8_t *p = rom();

	memcpy(p, &r, sizeof(r));
	p[33]++;
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0);
}

static void test_acpi_copy(void)
{
	struct acpi_rsdp wrong = make(0, 0x9999), right = make(2, 0x1234), old = make(0, 0x1234);
	uint8_t *p = rom();

	memcpy(p + 0x10, &wrong, sizeof(wrong));
	acpi_note_rsdp(&h, (struct span){ (uint8_t *)&right, sizeof(right) });
	acpi_note_rsdp(&h, (struct span){ (uint8_t *)&old, ACPI_RSDP_SIZE_V1 });
	CHECK_EQUAL(h.rsdp_copy[15], 2); /* the newer one stays */
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0); /* not the one that the copy was made from */
	map_add(&h.map, 0x7fe000, 0x7ff000, MAP_ACPI);
	memcpy(world_put(0x7fe000, NULL, 4096) + 0x40, &right, sizeof(right));
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0x7fe040);
}

static void test_acpi_given(void)
{
	struct acpi_rsdp r = make(0, 0x1234);

	memcpy(rom(), &r, sizeof(r));
	h.rsdp = 0x7777;
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0x7777);
}

/* UEFI keeps both, the newer one on no 16 bytes; its tables name it. */
static void test_acpi_uefi(void)
{
	struct acpi_rsdp v1 = make(0, 0x1234), v2 = make(2, 0x1234);
	static const uint8_t acpi20[16] = { 0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4, 0xd3, 0x11,
					    0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81 };
	const uint64_t count = 2, tables = 0x7fd000, rsdp = 0x7fe014;
	uint8_t *p, *st, *table;

	rom();
	map_add(&h.map, 0x7fe000, 0x7ff000, MAP_ACPI);
	p = world_put(0x7fe000, NULL, 4096);
	memcpy(p, &v1, ACPI_RSDP_SIZE_V1);
	memcpy(p + 0x14, &v2, sizeof(v2));
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0x7fe014);
	st = world_put(0x7fc000, NULL, 120);
	memcpy(st, "IBI SYST", 8);
	memcpy(st + 104, &count, 8);
	memcpy(st + 112, &tables, 8);
	table = world_put(tables, NULL, 48);
	memcpy(table + 24, acpi20, 16);
	memcpy(table + 40, &rsdp, 8);
	memset(p, 0, 4096); /* not searched for */
	h.rsdp = 0;
	h.bp.efi_info.efi_loader_signature = EFI_LOADER_SIGNATURE_64;
	h.bp.efi_info.efi_systab = 0x7fc000;
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0x7fe014);
}

/* 32-bit UEFI's tables have other offsets. */
static void test_acpi_uefi32(void)
{
	static const uint8_t acpi10[16] = { 0x30, 0x2d, 0x9d, 0xeb, 0x88, 0x2d, 0xd3, 0x11,
					    0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d };
	const uint32_t count_and_tables[] = { 2, 0x7fd000 }, rsdp = 0x7fe014;
	uint8_t *st, *table;

	rom();
	st = world_put(0x7fc000, NULL, 72);
	memcpy(st, "IBI SYST", 8);
	memcpy(st + 64, count_and_tables, 8);
	table = world_put(0x7fd000, NULL, 40);
	memcpy(table + 20, acpi10, 16);
	memcpy(table + 36, &rsdp, 4);
	h.bp.efi_info.efi_loader_signature = EFI_LOADER_SIGNATURE_32;
	h.bp.efi_info.efi_systab = 0x7fc000;
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0x7fe014);
}

/* Firmware may protect page 0, also while it has no ACPI to tell of. */
static void test_acpi_page_zero(void)
{
	struct acpi_rsdp r = make(2, 0x1234);

	memcpy(rom() + 0x100, &r, sizeof(r));
	h.bp.efi_info.efi_loader_signature = EFI_LOADER_SIGNATURE_64;
	world_forbid(0, 0x1000);
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0);
	h.bp.efi_info.efi_loader_signature = 0;
	h.rsdp = 0x7fe000;
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0x7fe000);
	CHECK(!world_trespassed());
	h.rsdp = 0;
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0xe0100);
	CHECK(world_trespassed()); /* on a BIOS it is read: so the test sees it */
}

/* Each sum of a structure as long as the area would make the search quadratic. */
static void test_acpi_length(void)
{
	struct acpi_rsdp r = make(2, 0x1234);
	uint8_t *p = rom();

	r.length = 0x10000;
	memcpy(p, &r, sizeof(r));
	world_sum(p, 0x10000, offsetof(struct acpi_rsdp, extended_checksum));
	world_sum(p, ACPI_RSDP_SIZE_V1, offsetof(struct acpi_rsdp, checksum));
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0);
}

/* The last place of an area counts, and what lies behind it does not. */
static void test_acpi_last_place(void)
{
	struct acpi_rsdp r = make(0, 0x1234);
	uint8_t *p;

	rom();
	map_add(&h.map, 0x7fe000, 0x7ff000, MAP_ACPI);
	p = world_put(0x7fe000, NULL, 8192);
	memcpy(p + 4096, &r, ACPI_RSDP_SIZE_V1);
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0);
	memcpy(p + 4096 - ACPI_RSDP_SIZE_V1, &r, ACPI_RSDP_SIZE_V1);
	acpi_find_rsdp(&h);
	CHECK_EQUAL(h.rsdp, 0x7ff000 - ACPI_RSDP_SIZE_V1);
}

const struct test acpi_tests[] = { { "acpi: in the ROM area", test_acpi_rom },
				   { "acpi: EBDA first", test_acpi_ebda_first },
				   { "acpi: extended checksum", test_acpi_extended_checksum },
				   { "acpi: the last place", test_acpi_last_place },
				   { "acpi: a loader's copy", test_acpi_copy },
				   { "acpi: a loader's address", test_acpi_given },
				   { "acpi: UEFI", test_acpi_uefi },
				   { "acpi: 32-bit UEFI", test_acpi_uefi32 },
				   { "acpi: page 0 is not read under UEFI", test_acpi_page_zero },
				   { "acpi: a root pointer of absurd length", test_acpi_length },
				   { 0 } };
