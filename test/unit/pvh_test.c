// SPDX-License-Identifier: BSD-2-Clause
/*
 * The PVH reader and writer on blocks made here, of both versions, where each lie can be
 * told one at a time; captured blocks of real loaders are in fixture_test.c.
 */
#include <unistd.h>
#include <lintel/pvh.h>

#include "protocol/handoff.h"
#include "protocol/readers.h"
#include "protocol/span.h"
#include "test/unit/check.h"

#define INFO 0x10000
#define MODLIST 0x11000
#define MEMMAP 0x12000
#define LINE 0x13000
#define MODULE 0x200000
#define MIB 0x100000
#define NOWHERE 0xf0000000

/* The block's pieces, to be changed before read_block() lays them out. */
static struct {
	struct hvm_start_info info;
	struct hvm_modlist_entry module[3];
	struct hvm_memmap_table_entry range[3];
	char line[16];
} b;

static const struct {
	uint64_t base;
	size_t offset, size;
} piece[] = {
	{ INFO, offsetof(typeof(b), info), sizeof(b.info) },
	{ MODLIST, offsetof(typeof(b), module), sizeof(b.module) },
	{ MEMMAP, offsetof(typeof(b), range), sizeof(b.range) },
	{ LINE, offsetof(typeof(b), line), sizeof(b.line) },
};
#define PIECES (sizeof(piece) / sizeof(piece[0]))

/* Xen's table for a block without a map: entries of 20 bytes. */
static struct boot_e820_entry e820[] = { { 0, 0xa0000, 1 }, { MIB, 31 * MIB, 1 } };
static struct span hypercall;
static struct handoff h;

static void make(uint32_t version)
{
	memset(&b, 0, sizeof(b));
	b.info = (struct hvm_start_info){ .magic = HVM_START_MAGIC,
					  .version = version,
					  .nr_modules = 1,
					  .modlist_paddr = MODLIST,
					  .cmdline_paddr = LINE,
					  .rsdp_paddr = 0xf59d0,
					  .memmap_paddr = MEMMAP,
					  .memmap_entries = 3 };
	b.module[0] = (struct hvm_modlist_entry){ MODULE, 11, 0, 0 };
	b.range[0] = (struct hvm_memmap_table_entry){ 0, 0x9fc00, 1, 0 };
	b.range[1] = (struct hvm_memmap_table_entry){ 0xf0000, 0x10000, 2, 0 };
	b.range[2] = (struct hvm_memmap_table_entry){ MIB, 63 * MIB, 1, 0 };
	strcpy(b.line, "root=/dev/vda");
	hypercall = (struct span){ 0 };
	if (!version)
		hypercall = (struct span){ (uint8_t *)e820, sizeof(e820) };
}

/* The world of the block; piece `which` only `size` bytes long. */
static void lay_out(size_t which, size_t size)
{
	world_reset();
	for (size_t i = 0; i < PIECES; i++)
		world_put(piece[i].base, (uint8_t *)&b + piece[i].offset,
			  i == which ? size : piece[i].size);
	world_put(MODULE, "some initrd", 11);
}

static int read_world(void)
{
	handoff_init(&h, "pvh");
	return DIES_WITH(pvh_read(INFO, hypercall, &h));
}

static int read_cut(size_t which, size_t size)
{
	lay_out(which, size);
	return read_world();
}

static int read_block(void)
{
	return read_cut(PIECES, 0);
}

static void check_common(void)
{
	CHECK(!strcmp(h.cmdline, "root=/dev/vda"));
	CHECK_EQUAL(h.rsdp, 0xf59d0);
	CHECK_EQUAL(h.initrds, 1);
	CHECK_EQUAL(h.initrd[0].base, MODULE);
	CHECK_EQUAL(h.initrd[0].size, 11);
	CHECK(map_is_ram(&h.map, MODULE, MODULE + 11));
	CHECK(!map_is_free(&h.map, MODULE, MODULE + 11));
}

static void test_pvh_version1(void)
{
	make(1);
	hypercall = (struct span){ (uint8_t *)e820, sizeof(e820) }; /* the block's own counts */
	CHECK_EQUAL(read_block(), 0);
	check_common();
	CHECK_EQUAL(h.start_flags, 0);
	CHECK_EQUAL(map_total(&h.map, MAP_RAM), 63 * MIB + 0x9fc00);
	CHECK_EQUAL(map_total(&h.map, MAP_RESERVED), 0x10000);
	make(2); /* later ones only add */
	CHECK_EQUAL(read_block(), 0);
	check_common();
}

/* Version 0 ends before the map, which then comes by hypercall. */
static void test_pvh_version0(void)
{
	make(0);
	b.info.flags = 3;
	CHECK_EQUAL(read_cut(0, 40), 0);
	check_common();
	CHECK_EQUAL(h.start_flags, 3);
	CHECK_EQUAL(map_total(&h.map, MAP_RAM), 31 * MIB + 0xa0000);
	b.info.memmap_entries = 0xffffffff;
	b.info.memmap_paddr = NOWHERE;
	CHECK_EQUAL(read_block(), 0);
	CHECK_EQUAL(map_total(&h.map, MAP_RAM), 31 * MIB + 0xa0000);
	e820[1].size = UINT64_MAX;
	CHECK_EQUAL(read_block(), E_TAG);
	e820[1].size = 31 * MIB;
}

static void test_pvh_flags(void)
{
	make(1);
	b.info.flags = 0x80000003;
	CHECK_EQUAL(read_block(), 0);
	CHECK_EQUAL(h.start_flags, 0x80000003);
}

static void test_pvh_no_map(void)
{
	make(0);
	hypercall = (struct span){ 0 };
	CHECK_EQUAL(read_block(), E_NO_MAP);
	make(1);
	b.info.memmap_entries = 0;
	CHECK_EQUAL(read_block(), E_NO_MAP);
	hypercall = (struct span){ (uint8_t *)e820, sizeof(e820) };
	CHECK_EQUAL(read_block(), 0);
	CHECK_EQUAL(map_top(&h.map), 32 * MIB);
	make(1);
	b.range[0].type = b.range[2].type = 2;
	CHECK_EQUAL(read_block(), E_NO_MAP);
}

static void test_pvh_tables(void)
{
	make(1);
	b.info.magic++;
	CHECK_EQUAL(read_block(), E_BLOCK);
	CHECK_TEXT(world_said(), "PVH start info at 10000 has magic 336ec579");
	make(1);
	b.info.memmap_paddr = NOWHERE;
	CHECK_EQUAL(read_block(), E_BLOCK);
	CHECK_TEXT(world_said(), "PVH memory map at f0000000 has 3 entries");
	make(1);
	b.info.memmap_entries = 0xffffffff;
	CHECK_EQUAL(read_block(), E_BLOCK);
	make(1);
	b.info.memmap_entries = 4; /* one more than there are */
	CHECK_EQUAL(read_block(), E_BLOCK);
	make(1);
	b.info.memmap_paddr = UINT64_MAX - 8;
	CHECK_EQUAL(read_block(), E_BLOCK);
	make(1);
	b.info.nr_modules = 0xffffffff;
	CHECK_EQUAL(read_block(), E_BLOCK);
	CHECK_TEXT(world_said(), "PVH module list at 11000 has 4294967295 entries");
	make(1);
	b.info.modlist_paddr = UINT64_MAX - 8;
	CHECK_EQUAL(read_block(), E_BLOCK);
	make(1);
	b.range[2].size = UINT64_MAX;
	CHECK_EQUAL(read_block(), E_TAG);
}

/* On a machine an address that nobody answers reads as zeros: no initrd, no words. */
static void test_pvh_outside_memory(void)
{
	static const uint8_t zeros[4096];

	make(1);
	b.info.modlist_paddr = NOWHERE;
	lay_out(PIECES, 0);
	world_put(NOWHERE, zeros, sizeof(zeros));
	CHECK_EQUAL(read_world(), E_BLOCK);
	CHECK_TEXT(world_said(), "PVH module list at f0000000 lies outside memory");
	make(1);
	b.info.cmdline_paddr = NOWHERE;
	lay_out(PIECES, 0);
	world_put(NOWHERE, zeros, sizeof(zeros));
	CHECK_EQUAL(read_world(), E_BLOCK);
	CHECK_TEXT(world_said(), "PVH command line at f0000000 lies outside memory");
	make(1);
	b.info.cmdline_paddr = 0xf0010; /* a ROM is memory */
	CHECK_EQUAL(read_block(), 0);
	make(1);
	b.info.cmdline_paddr = 0;
	CHECK_EQUAL(read_block(), 0);
	CHECK(!strcmp(h.cmdline, ""));
}

static void test_pvh_modules(void)
{
	static const struct {
		uint64_t paddr, size;
	} lies[] = { { NOWHERE, 11 },		{ MODULE, NOWHERE },   { MODULE, UINT64_MAX },
		     { UINT64_MAX - 5, 11 },	{ 64 * MIB - 10, 11 }, { 0xf0000, 11 },
		     { UINT64_MAX, UINT64_MAX } };

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		make(1);
		b.module[0].paddr = lies[i].paddr;
		b.module[0].size = lies[i].size;
		alarm(10); /* nobody looks through what is not there */
		CHECK_EQUAL(read_block(), E_MODULE);
		alarm(0);
	}
	make(1);
	b.module[0].size = 0;
	CHECK_EQUAL(read_block(), 0);
	CHECK_EQUAL(h.initrds, 0);
	make(1);
	b.info.nr_modules = 0;
	b.info.modlist_paddr = NOWHERE;
	CHECK_EQUAL(read_block(), 0);
	CHECK_EQUAL(h.initrds, 0);
	make(1);
	b.info.nr_modules = 3;
	b.module[2] = (struct hvm_modlist_entry){ MODULE + 4, 5, 0, 0 };
	CHECK_EQUAL(read_block(), 0);
	CHECK_EQUAL(h.initrds, 2);
	CHECK_EQUAL(h.initrd[1].base, MODULE + 4);
}

/* However much memory there is to be read as a table. */
static void test_pvh_many_entries(void)
{
	static struct hvm_modlist_entry empty[0x10001];

	for (uint32_t n = 0x10000; n <= 0x10001; n++) {
		make(1);
		b.info.nr_modules = n;
		b.info.modlist_paddr = 4 * MIB;
		lay_out(PIECES, 0);
		world_put(4 * MIB, empty, sizeof(empty));
		CHECK_EQUAL(read_world(), n > 0x10000 ? E_BLOCK : 0);
	}
}

static void test_pvh_too_many_modules(void)
{
	static struct hvm_modlist_entry many[65];

	make(1);
	for (size_t i = 0; i < 65; i++)
		many[i] = (struct hvm_modlist_entry){ MODULE, 11, 0, 0 };
	b.info.nr_modules = 65;
	b.info.modlist_paddr = 0x20000;
	lay_out(PIECES, 0);
	world_put(0x20000, many, sizeof(many));
	CHECK_EQUAL(read_world(), E_MODULES);
}

/* Any piece cut anywhere: a handoff or a refusal, and a shorter block is never a handoff. */
static void test_pvh_cut(void)
{
	for (uint32_t version = 0; version < 2; version++)
		for (size_t i = 0; i < PIECES; i++)
			for (size_t n = 0; n < piece[i].size; n++) {
				make(version);
				b.info.nr_modules = 3;
				int error = read_cut(i, n);

				CHECK(error >= 0);
				if (i == 1 || (i == 0 && n < 4) || (i == 2 && version))
					CHECK(error != 0);
			}
}

static void test_pvh_changed(void)
{
	static const uint8_t value[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };

	for (size_t i = 0; i < sizeof(b); i++)
		for (size_t v = 0; v < 2 * sizeof(value); v++) {
			make(v & 1);
			((uint8_t *)&b)[i] = value[v / 2];
			alarm(10);
			CHECK(read_block() >= 0);
			alarm(0);
		}
}

/* ---- writing ---- */

/* What is written, read again; the world keeps what was there. */
static struct pvh_place write_block(uint32_t initrd_size)
{
	uint64_t size = pvh_tables_size(map_ranges(&h.map));
	uint64_t info = (uintptr_t)world_low(sizeof(b.info)), tables = (uintptr_t)world_low(size);
	struct pvh_place at = { info, (uintptr_t)world_low(4096), tables, { MODULE, initrd_size } };

	CHECK_EQUAL(size % 8, 0);
	memset(memory_at(tables), 0x55, size);
	pvh_write(&h, &at);
	return at;
}

static void test_pvh_written(void)
{
	static char text[4096];
	size_t said;

	make(1);
	b.info.flags = 3;
	CHECK_EQUAL(read_block(), 0);
	/* Where the block itself lies is memory too. */
	map_add(&h.map, 64 * MIB, 0x100000000, MAP_RESERVED);
	map_use(&h.map, 5 * MIB, 6 * MIB); /* marks are not told */
	handoff_print(&h);
	snprintf(text, sizeof(text), "%s", world_said());
	said = strlen(text);
	struct pvh_place at = write_block(11);
	CHECK_EQUAL(rd32(span_at(at.info, 4), 0), HVM_START_MAGIC);
	handoff_init(&h, "pvh");
	CHECK_EQUAL(DIES_WITH(pvh_read(at.info, (struct span){ 0 }, &h)), 0);
	handoff_print(&h);
	CHECK(!strcmp(text, world_said() + said));
	CHECK_EQUAL(h.start_flags, 3);
}

/* Byte for byte what a kernel reads; nothing behind the tables' size is touched. */
static void test_pvh_written_bytes(void)
{
	make(1);
	CHECK_EQUAL(read_block(), 0);
	CHECK_EQUAL(pvh_tables_size(map_ranges(&h.map)), sizeof(b.module[0]) + sizeof(b.range));
	struct pvh_place at = write_block(0);
	struct span info = span_at(at.info, sizeof(b.info));

	CHECK_EQUAL(rd32(info, 0), 0x336ec578);
	CHECK_EQUAL(rd32(info, 4), 1);
	CHECK_EQUAL(rd32(info, 12), 0); /* no initrd, no module */
	CHECK_EQUAL(rd64(info, 16), 0);
	CHECK_EQUAL(rd64(info, 24), at.cmdline);
	CHECK_EQUAL(rd64(info, 32), 0xf59d0);
	CHECK_EQUAL(rd32(info, 48), 3);
	CHECK(!memcmp(span_at(rd64(info, 40), sizeof(b.range)).p, b.range, sizeof(b.range)));
	CHECK(!strcmp((const char *)span_at(at.cmdline, 14).p, "root=/dev/vda"));
	at = write_block(11);
	info = span_at(at.info, sizeof(b.info));
	CHECK_EQUAL(rd32(info, 12), 1);
	CHECK(!memcmp(span_at(rd64(info, 16), sizeof(b.module[0])).p, &b.module[0],
		      sizeof(b.module[0])));
}

const struct test pvh_tests[] = { { "pvh: version 1", test_pvh_version1 },
				  { "pvh: version 0", test_pvh_version0 },
				  { "pvh: flags", test_pvh_flags },
				  { "pvh: no map", test_pvh_no_map },
				  { "pvh: tables", test_pvh_tables },
				  { "pvh: outside memory", test_pvh_outside_memory },
				  { "pvh: modules", test_pvh_modules },
				  { "pvh: too many entries", test_pvh_many_entries },
				  { "pvh: too many modules", test_pvh_too_many_modules },
				  { "pvh: cut at every byte", test_pvh_cut },
				  { "pvh: changed at every byte", test_pvh_changed },
				  { "pvh: written and read", test_pvh_written },
				  { "pvh: written bytes", test_pvh_written_bytes },
				  { 0 } };
