// SPDX-License-Identifier: BSD-2-Clause
/*
 * Xen's start_info, read and written, on blocks as Xen's builders lay them out; a
 * captured one is in fixture_test.c.
 */
#include <unistd.h>
#include <lintel/xenpv.h>

#include "protocol/handoff.h"
#include "protocol/readers.h"
#include "test/unit/check.h"

#define PAGE_SIZE 4096ull
#define MIB 0x100000ull
#define RAM (128 * MIB)
/* As Xen has it, from the end of the image on: ramdisk, block, page tables, stack. */
#define RAMDISK 0x2000000ull
#define TABLES 0x2300000ull
#define TABLE_PAGES 13
#define STACK 0x2310000ull /* its top, and the end of what is mapped */
#define P2M 0x8000000000ull

static struct start_info *info;
static struct boot_e820_entry e820[3];
static struct span hypercall;
static struct handoff h;
static uint64_t block;

static uint64_t virtual(uint64_t physical)
{
	return XEN_VIRT_BASE + physical;
}

/* The block lies in the host's low memory, so that it can be written too. */
static void make(void)
{
	world_reset();
	info = (void *)world_low(sizeof(*info));
	block = (uintptr_t)info;
	world_put(RAMDISK, "some initrd", 11);
	*info = (struct start_info){ .magic = "xen-3.0-x86_64p",
				     .nr_pages = RAM / PAGE_SIZE,
				     .flags = SIF_PRIVILEGED | SIF_INITDOMAIN | 0x300,
				     .pt_base = virtual(TABLES),
				     .nr_pt_frames = TABLE_PAGES,
				     .mfn_list = P2M,
				     .mod_start = virtual(RAMDISK),
				     .mod_len = 11,
				     .cmd_line = "console=hvc0" };
	hypercall = (struct span){ 0 };
}

static int read_block(void)
{
	handoff_init(&h, "xenpv");
	return DIES_WITH(xenpv_read(virtual(block), virtual(STACK), hypercall, &h));
}

static void test_xenpv_good(void)
{
	make();
	CHECK_EQUAL(read_block(), 0);
	CHECK(!strcmp(h.cmdline, "console=hvc0"));
	CHECK_EQUAL(h.world, WORLD_XEN_PV);
	CHECK_EQUAL(h.start_flags, 0x303);
	CHECK_EQUAL(h.bp.hdr.hardware_subarch, 2);
	CHECK_EQUAL(h.bp.hdr.hardware_subarch_data, block);
	CHECK_EQUAL(map_total(&h.map, MAP_RAM), RAM);
	CHECK_EQUAL(h.initrds, 1);
	CHECK_EQUAL(h.initrd[0].base, RAMDISK);
	CHECK_EQUAL(h.initrd[0].size, 11);
}

static void test_xenpv_too_large(void)
{
	make();
	info->nr_pages = 4096 * MIB / PAGE_SIZE;
	handoff_init(&h, "xenpv");
	CHECK_EQUAL(DIES_WITH(xenpv_read(virtual(block), virtual(1024 * MIB), hypercall, &h)), 0);
	handoff_init(&h, "xenpv");
	CHECK_EQUAL(DIES_WITH(xenpv_read(virtual(block), virtual(1024 * MIB + 1), hypercall, &h)),
		    E_MODULE);
}

/* Whether nothing may be moved to any byte of [base, end). */
static bool is_kept(uint64_t base, uint64_t end)
{
	for (uint32_t i = 0; i < h.keeps; i++)
		if (h.keep[i].base <= base && end - h.keep[i].base <= h.keep[i].size)
			return true;
	return false;
}

static void test_xenpv_keeps(void)
{
	make();
	read_block();
	CHECK(is_kept(block, block + sizeof(*info)));
	CHECK(is_kept(TABLES, TABLES + TABLE_PAGES * PAGE_SIZE));
	CHECK(!is_kept(TABLES - 1, TABLES));
	CHECK(is_kept(STACK, RAM));
	CHECK(!is_kept(STACK - 1, STACK));
	CHECK(!is_kept(RAMDISK, RAMDISK + 1));
	/* What is kept is told as RAM all the same, and nobody gets it. */
	CHECK(map_is_ram(&h.map, 0, RAM));
	CHECK(!map_is_free(&h.map, TABLES + PAGE_SIZE, TABLES + PAGE_SIZE + 1));
	CHECK(!map_is_free(&h.map, RAM - 1, RAM));
	CHECK(map_is_free(&h.map, MIB, RAMDISK));
	CHECK(map_find_high(&h.map, (struct fit){ PAGE_SIZE, PAGE_SIZE, MIB, UINT64_MAX }) < STACK);
}

/* A stack pointer within its page: the page is mapped to its end. */
static void test_xenpv_stack(void)
{
	make();
	handoff_init(&h, "xenpv");
	xenpv_read(virtual(block), virtual(STACK) - 8, hypercall, &h);
	CHECK(is_kept(STACK, RAM) && !is_kept(STACK - 1, STACK));
}

/* Without INIT_P2M the list of frames lies where the kernel would be put. */
static void test_xenpv_p2m(void)
{
	make();
	read_block();
	CHECK_EQUAL(h.keeps, 3);
	info->mfn_list = virtual(0x2200000);
	CHECK_EQUAL(read_block(), 0);
	CHECK_EQUAL(h.keeps, 4);
	CHECK(is_kept(0x2200000, 0x2200000 + RAM / PAGE_SIZE * 8));
	CHECK(!map_is_free(&h.map, 0x2200000, 0x2200001));
}

static void test_xenpv_ramdisk(void)
{
	make();
	info->flags |= SIF_MOD_START_PFN;
	info->mod_start = RAMDISK / PAGE_SIZE;
	CHECK_EQUAL(read_block(), 0);
	CHECK_EQUAL(h.initrd[0].base, RAMDISK);
	info->mod_len = STACK - RAMDISK;
	CHECK_EQUAL(read_block(), 0);
	info->mod_len++;
	CHECK_EQUAL(read_block(), E_MODULE);
	CHECK_TEXT(world_said(), "Xen's ramdisk at 2000000, size 310001, is mapped up to 2310000");
	info->mod_len = UINT64_MAX;
	CHECK_EQUAL(read_block(), E_MODULE);
	CHECK_TEXT(world_said(), "size ffffffffffffffff, is mapped up to");
	info->mod_len = 11;
	info->mod_start = STACK / PAGE_SIZE + 1;
	CHECK_EQUAL(read_block(), E_MODULE);
	info->flags &= ~(uint32_t)SIF_MOD_START_PFN;
	info->mod_start = RAMDISK; /* physical, where virtual was promised */
	CHECK_EQUAL(read_block(), E_MODULE);
	info->mod_len = 0;
	CHECK_EQUAL(read_block(), 0);
	CHECK_EQUAL(h.initrds, 0);
}

/* Xen's own table counts where there is one: a dom0's memory has the host's holes. */
static void test_xenpv_memory(void)
{
	make();
	e820[0] = (struct boot_e820_entry){ 0, 0x9f000, 1 };
	e820[1] = (struct boot_e820_entry){ 0xf0000, 0x10000, 2 };
	e820[2] = (struct boot_e820_entry){ MIB, 63 * MIB, 1 };
	hypercall = (struct span){ (uint8_t *)e820, sizeof(e820) };
	CHECK_EQUAL(read_block(), 0);
	CHECK_EQUAL(map_top(&h.map), 64 * MIB);
	CHECK_EQUAL(map_total(&h.map, MAP_RAM), 63 * MIB + 0x9f000);
	CHECK(is_kept(STACK, 64 * MIB));
	/* RAM that ends where the mapping does, or before: nothing lies behind. */
	e820[2].size = STACK - MIB;
	CHECK_EQUAL(read_block(), 0);
	CHECK(map_is_free(&h.map, STACK - PAGE_SIZE, STACK));
	e820[2].size = STACK - PAGE_SIZE - MIB;
	CHECK_EQUAL(read_block(), 0);
	CHECK(map_is_free(&h.map, MIB, RAMDISK));
	e820[0].type = e820[2].type = 2;
	CHECK_EQUAL(read_block(), E_NO_MAP);
	hypercall = (struct span){ 0 };
	info->nr_pages = 0;
	CHECK_EQUAL(read_block(), E_NO_MAP);
}

static void test_xenpv_lies(void)
{
	make();
	info->magic[14] = 'X'; /* the word size behind it may be anything */
	CHECK_EQUAL(read_block(), 0);
	info->magic[13] = 'X';
	CHECK_EQUAL(read_block(), E_BLOCK);
	CHECK_TEXT(world_said(), "has no magic xen-3.0-x86_64");
	make();
	block = 0x666000;
	CHECK_EQUAL(read_block(), E_BLOCK);
	make();
	memset(info->cmd_line, 'x', sizeof(info->cmd_line)); /* no NUL: the field's end */
	CHECK_EQUAL(read_block(), 0);
	CHECK_EQUAL(strlen(h.cmdline), XEN_CMDLINE_SIZE);
}

static void test_xenpv_cut(void)
{
	static uint8_t bytes[sizeof(struct start_info)];

	for (size_t n = 0; n <= sizeof(bytes); n++) {
		make();
		memcpy(bytes, info, sizeof(bytes));
		block = 0x1000000;
		world_put(block, bytes, n);
		CHECK_EQUAL(read_block(), n < sizeof(bytes) ? E_BLOCK : 0);
	}
}

static void test_xenpv_changed(void)
{
	static const uint8_t value[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };

	make();
	for (size_t i = 0; i < sizeof(*info); i++)
		for (size_t v = 0; v < sizeof(value); v++) {
			uint8_t *byte = (uint8_t *)info + i, was = *byte;

			*byte = value[v];
			alarm(10);
			CHECK(read_block() >= 0);
			alarm(0);
			*byte = was;
		}
}

static void test_xenpv_written(void)
{
	struct start_info before;

	make();
	CHECK_EQUAL(read_block(), 0);
	memcpy(&before, info, sizeof(before));
	strcpy(h.cmdline, "quiet");
	xenpv_write(&h, (struct blob){ 0x1800000, 4097 });
	CHECK_EQUAL(info->mod_start, 0x1800);
	CHECK_EQUAL(info->mod_len, 4097);
	CHECK_EQUAL(info->flags, before.flags | SIF_MOD_START_PFN);
	CHECK(!strcmp(info->cmd_line, "quiet"));
	memcpy(info->cmd_line, before.cmd_line, 6);
	info->flags = before.flags;
	info->mod_start = before.mod_start;
	info->mod_len = before.mod_len;
	CHECK(!memcmp(info, &before, sizeof(before))); /* all else is Xen's still */
	xenpv_write(&h, (struct blob){ 0x1800000, 4097 });
	xenpv_write(&h, (struct blob){ 0x1800000, 0 });
	CHECK_EQUAL(info->mod_start, 0);
	CHECK_EQUAL(info->mod_len, 0);
	CHECK_EQUAL(info->flags, before.flags);
}

/* The longest line that kernel_choose_exit() lets through fits, and nothing behind changes. */
static void test_xenpv_written_line(void)
{
	make();
	info->first_p2m_pfn = 0x1234;
	read_block();
	memset(h.cmdline, 'x', XEN_CMDLINE_SIZE - 1);
	h.cmdline[XEN_CMDLINE_SIZE - 1] = '\0';
	xenpv_write(&h, (struct blob){ RAMDISK, 11 });
	CHECK_EQUAL(info->first_p2m_pfn, 0x1234);
	CHECK_EQUAL(read_block(), 0);
	CHECK_EQUAL(strlen(h.cmdline), XEN_CMDLINE_SIZE - 1);
	CHECK_EQUAL(h.initrd[0].base, RAMDISK);
}

static void test_keep_full(void)
{
	handoff_init(&h, "test");
	for (uint64_t i = 0; i < KEEP_MAX; i++)
		CHECK_EQUAL(DIES_WITH(handoff_keep(&h, i * MIB, 1)), 0);
	CHECK_EQUAL(DIES_WITH(handoff_keep(&h, RAM, 1)), E_BLOCK);
}

const struct test xenpv_tests[] = { { "xenpv: good", test_xenpv_good },
				    { "xenpv: beyond what a kernel sees", test_xenpv_too_large },
				    { "xenpv: what stays", test_xenpv_keeps },
				    { "xenpv: stack", test_xenpv_stack },
				    { "xenpv: p2m", test_xenpv_p2m },
				    { "xenpv: ramdisk", test_xenpv_ramdisk },
				    { "xenpv: memory", test_xenpv_memory },
				    { "xenpv: lies", test_xenpv_lies },
				    { "xenpv: cut at every byte", test_xenpv_cut },
				    { "xenpv: changed at every byte", test_xenpv_changed },
				    { "xenpv: written", test_xenpv_written },
				    { "xenpv: longest line", test_xenpv_written_line },
				    { "handoff: too much to keep", test_keep_full },
				    { 0 } };
