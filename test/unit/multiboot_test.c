// SPDX-License-Identifier: BSD-2-Clause
/*
 * The Multiboot readers on blocks made here, where each lie can be told one at a
 * time; captured blocks of real loaders are in fixture_test.c.
 */
#include <lintel/multiboot1.h>
#include <lintel/multiboot2.h>

#include "protocol/handoff.h"
#include "protocol/readers.h"
#include "test/unit/check.h"

#define INFO 0x10000
#define MMAP 0x11000
#define MODS 0x12000
#define TEXT 0x13000
#define MODULE 0x200000
#define MIB 0x100000

static struct handoff h;

/* ---- Multiboot 1 ---- */

static struct multiboot_info *mbi;
static struct multiboot_mmap *mmap;
static struct multiboot_module *mods;
static char *text;

static void make_mb1(void)
{
	world_reset();
	handoff_init(&h, "multiboot1");
	mbi = (void *)world_put(INFO, NULL, sizeof(*mbi));
	mmap = (void *)world_put(MMAP, NULL, 2 * sizeof(*mmap));
	mods = (void *)world_put(MODS, NULL, 2 * sizeof(*mods));
	text = (void *)world_put(TEXT, NULL, 8192);
	world_put(MODULE, "some initrd", 11);
	*mbi = (struct multiboot_info){ .flags = MB1_INFO_MMAP | MB1_INFO_MODS | MB1_INFO_CMDLINE |
						 MB1_INFO_LOADER | MB1_INFO_MEMORY,
					.mem_lower = 640,
					.mem_upper = 1024,
					.mmap_addr = MMAP,
					.mmap_length = 2 * sizeof(*mmap),
					.mods_addr = MODS,
					.mods_count = 1,
					.cmdline = TEXT,
					.boot_loader_name = TEXT + 4096 };
	mmap[0] = (struct multiboot_mmap){ 20, 0, 0x9fc00, 1 };
	mmap[1] = (struct multiboot_mmap){ 20, MIB, 63 * MIB, 1 };
	mods[0] = (struct multiboot_module){ MODULE, MODULE + 11, TEXT + 4096 + 64, 0 };
	strcpy(text, "root=/dev/sda1 quiet");
	strcpy(text + 4096, "GRUB 2.06");
}

static void test_mb1_good(void)
{
	make_mb1();
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), 0);
	CHECK(!strcmp(h.cmdline, "root=/dev/sda1 quiet"));
	CHECK(!strcmp(h.loader, "GRUB 2.06"));
	CHECK_EQUAL(map_total(&h.map, MAP_RAM), 63 * MIB + 0x9fc00);
	CHECK_EQUAL(h.initrds, 1);
	CHECK_EQUAL(h.initrd[0].size, 11);
	CHECK(h.may_be_uefi);
	CHECK(!map_is_free(&h.map, MODULE, MODULE + 11));
	CHECK_EQUAL(h.bp.screen_info.orig_video_isVGA, 1);
}

static void test_mb1_file_name(void)
{
	static const char loader[][16] = { "qemu", "iPXE 1.0.0", "ISOLINUX 6.04", "GNU GRUB 0.97" };

	for (size_t i = 0; i < sizeof(loader) / sizeof(loader[0]); i++) {
		make_mb1();
		strcpy(text, "tftp://10.0.2.2/os.efi a=b  c");
		strcpy(text + 4096, loader[i]);
		mb1_read(INFO, &h);
		CHECK(!strcmp(h.cmdline, "a=b  c"));
	}
	make_mb1();
	strcpy(text, "os.efi");
	strcpy(text + 4096, "qemu");
	mb1_read(INFO, &h);
	CHECK(!strcmp(h.cmdline, ""));
}

/* The name does not count: the longest line fits behind it, and a longer one is not cut. */
static void test_mb1_longest_line(void)
{
	static const char name[] = "/boot/lintel.efi ";
	static uint32_t length; /* since a refusal is a longjmp */
	char *line;

	for (length = CMDLINE_MAX; length <= CMDLINE_MAX + 1; length++) {
		make_mb1();
		line = (char *)world_put(0x100000, NULL, 3 * CMDLINE_MAX);
		strcpy(line, name);
		memset(line + strlen(name), 'x', length);
		mbi->cmdline = 0x100000;
		strcpy(text + 4096, "GNU GRUB 0.97");
		CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), length > CMDLINE_MAX ? E_CMDLINE : 0);
	}
	make_mb1();
	line = (char *)world_put(0x100000, NULL, 3 * CMDLINE_MAX);
	memset(line, 'x', 3 * CMDLINE_MAX);
	mbi->cmdline = 0x100000;
	strcpy(text + 4096, "GNU GRUB 0.97");
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_CMDLINE);
}

static void test_mb1_no_map(void)
{
	make_mb1();
	mbi->flags &= ~(uint32_t)MB1_INFO_MMAP;
	mbi->mem_upper = 32 * 1024;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), 0);
	CHECK_EQUAL(map_total(&h.map, MAP_RAM), 32 * MIB + 640 * 1024);
	make_mb1();
	mbi->flags = 0;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_NO_MAP);
	make_mb1();
	mmap[0].type = mmap[1].type = 2;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_NO_MAP);
}

static void test_mb1_lies(void)
{
	make_mb1();
	CHECK_EQUAL(DIES_WITH(mb1_read(0x666000, &h)), E_BLOCK);
	make_mb1();
	mbi->mmap_length = 0x7fffffff;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_BLOCK);
	make_mb1();
	mbi->mmap_addr = 0xfffffff0;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_BLOCK);
	make_mb1();
	mbi->mmap_length -= 4;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_TAG);
	make_mb1();
	mmap[0].size = 0;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_TAG);
	make_mb1();
	mmap[1].size = 0xfffffffe;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_TAG);
	make_mb1();
	mmap[1].length = UINT64_MAX;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_TAG);
	make_mb1();
	mbi->mods_count = 0x10000001;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_BLOCK);
	make_mb1();
	memset(text, 'x', 4096);
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_CMDLINE);
}

static void test_mb1_modules(void)
{
	make_mb1();
	mods[0].mod_end = MODULE - 1;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_MODULE);
	make_mb1();
	mods[0].mod_end = 0xfffff000;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_MODULE);
	CHECK_TEXT(world_said(),
		   "lintel: E07 module at 200000, size ffdff000, does not lie in RAM");
	make_mb1();
	mods[0].mod_start = 0xf0000;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_MODULE);
	make_mb1();
	mods[0].mod_end = mods[0].mod_start;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), 0);
	CHECK_EQUAL(h.initrds, 0);
}

static void test_mb1_too_many_modules(void)
{
	struct multiboot_module *many;

	make_mb1();
	many = (void *)world_put(0x20000, NULL, 65 * sizeof(*many));
	for (int i = 0; i < 65; i++)
		many[i] = mods[0];
	mbi->mods_addr = 0x20000;
	mbi->mods_count = 65;
	CHECK_EQUAL(DIES_WITH(mb1_read(INFO, &h)), E_MODULES);
}

static void test_mb1_framebuffer(void)
{
	make_mb1();
	mbi->flags |= MB1_INFO_FRAMEBUFFER;
	mbi->framebuffer_addr = 0x1fd000000;
	mbi->framebuffer_pitch = 4096;
	mbi->framebuffer_width = 1024;
	mbi->framebuffer_height = 768;
	mbi->framebuffer_bpp = 32;
	mbi->framebuffer_type = 1;
	memcpy(mbi->color_info, "\x10\x08\x08\x08\x00\x08", 6);
	mb1_read(INFO, &h);
	CHECK_EQUAL(h.bp.screen_info.orig_video_isVGA, VIDEO_TYPE_VLFB);
	CHECK_EQUAL(h.bp.screen_info.lfb_base, 0xfd000000);
	CHECK_EQUAL(h.bp.screen_info.ext_lfb_base, 1);
	CHECK_EQUAL(h.bp.screen_info.lfb_size, 48);
	CHECK_EQUAL(h.bp.screen_info.red_pos, 16);
	CHECK_EQUAL(h.bp.screen_info.blue_size, 8);
	memcpy((uint8_t *)mbi + 110, "\0\0\x10\x08\x08\x08\x00\x08", 8); /* as GRUB has it */
	handoff_init(&h, "multiboot1");
	mb1_read(INFO, &h);
	CHECK_EQUAL(h.bp.screen_info.red_pos, 16);
	CHECK_EQUAL(h.bp.screen_info.red_size, 8);
	CHECK_EQUAL(h.bp.screen_info.blue_size, 8);
}

/* ---- Multiboot 2 ---- */

static uint8_t block[4096];
static uint32_t length;

static void *add_tag(uint32_t type, const void *data, uint32_t size)
{
	struct mb2_tag *tag = (struct mb2_tag *)(block + length);

	*tag = (struct mb2_tag){ type, (uint32_t)sizeof(*tag) + size };
	memcpy(tag + 1, data, size);
	length += (tag->size + 7) & ~7u;
	return tag;
}

static void begin_mb2(void)
{
	world_reset();
	handoff_init(&h, "multiboot2");
	memset(block, 0, sizeof(block));
	length = sizeof(struct mb2_info);
	world_put(MODULE, "some initrd", 11);
}

static struct mb2_mmap_entry *add_mmap(void)
{
	static const struct {
		uint32_t size, version;
		struct mb2_mmap_entry e[2];
	} map = { 24, 0, { { 0, 0x9fc00, 1, 0 }, { MIB, 63 * MIB, 1, 0 } } };

	return (void *)((uint8_t *)add_tag(MB2_MMAP, &map, sizeof(map)) + sizeof(struct mb2_mmap));
}

static void end_mb2(void)
{
	add_tag(MB2_END, "", 0);
	memcpy(block, &length, 4);
	world_put(INFO, block, length);
}

static const struct {
	uint32_t start, end;
	char string[16];
} module = { MODULE, MODULE + 11, "initrd words" };

static void test_mb2_good(void)
{
	begin_mb2();
	add_tag(MB2_CMDLINE, "quiet splash", 13);
	add_tag(MB2_LOADER, "GRUB 2.06", 10);
	add_tag(MB2_MODULE, &module, sizeof(module));
	add_mmap(); /* behind the module: order must not matter */
	add_tag(99, "unknown", 8);
	end_mb2();
	CHECK_EQUAL(DIES_WITH(mb2_read(INFO, &h)), 0);
	CHECK(!strcmp(h.cmdline, "quiet splash"));
	CHECK(!strcmp(h.loader, "GRUB 2.06"));
	CHECK_EQUAL(h.initrds, 1);
	CHECK_EQUAL(h.initrd[0].base, MODULE);
	CHECK_EQUAL(map_total(&h.map, MAP_RAM), 63 * MIB + 0x9fc00);
}

/* kexec names the file first; its name may come in a later tag. */
static void test_mb2_file_name(void)
{
	begin_mb2();
	add_tag(MB2_CMDLINE, "/boot/OS.elf quiet", 19);
	add_tag(MB2_MODULE, &module, sizeof(module));
	add_mmap();
	add_tag(MB2_LOADER, "kexec 2.0.25", 13);
	end_mb2();
	CHECK_EQUAL(DIES_WITH(mb2_read(INFO, &h)), 0);
	CHECK(!strcmp(h.cmdline, "quiet"));
	begin_mb2();
	add_tag(MB2_CMDLINE, "/OS.elf", 8);
	add_mmap();
	add_tag(MB2_LOADER, "kexec 2.0.25", 13);
	end_mb2();
	CHECK_EQUAL(DIES_WITH(mb2_read(INFO, &h)), 0);
	CHECK(!strcmp(h.cmdline, ""));
}

static void test_mb2_memory_only(void)
{
	const uint32_t kib[2] = { 640, 4096 };

	begin_mb2();
	add_tag(MB2_MEMORY, kib, sizeof(kib));
	end_mb2();
	CHECK_EQUAL(DIES_WITH(mb2_read(INFO, &h)), 0);
	CHECK_EQUAL(map_top(&h.map), 5 * MIB);
	begin_mb2();
	end_mb2();
	CHECK_EQUAL(DIES_WITH(mb2_read(INFO, &h)), E_NO_MAP);
}

static void test_mb2_lies(void)
{
	struct mb2_tag *tag;

	begin_mb2();
	end_mb2();
	world_put(0x50000, "\xf0\xff\xff\xff\0\0\0\0", 8);
	CHECK_EQUAL(DIES_WITH(mb2_read(0x50000, &h)), E_BLOCK);
	world_put(0x60000, "\x07\0\0\0\0\0\0\0", 8);
	CHECK_EQUAL(DIES_WITH(mb2_read(0x60000, &h)), E_BLOCK);
	/* More than any loader can mean, though all of it is there. */
	memcpy(world_put(0x70000, NULL, 0x1000008), "\x08\0\0\x01\0\0\0\0\0\0\0\0\x08", 13);
	CHECK_EQUAL(DIES_WITH(mb2_read(0x70000, &h)), E_BLOCK);
	begin_mb2();
	tag = add_tag(MB2_CMDLINE, "x", 2);
	add_mmap();
	tag->size = 0; /* would never end */
	end_mb2();
	CHECK_EQUAL(DIES_WITH(mb2_read(INFO, &h)), E_TAG);
	begin_mb2();
	tag = add_tag(MB2_CMDLINE, "x", 2);
	tag->size = 0xfffffff8;
	end_mb2();
	CHECK_EQUAL(DIES_WITH(mb2_read(INFO, &h)), E_TAG);
	begin_mb2();
	add_mmap(); /* no end tag */
	memcpy(block, &length, 4);
	world_put(INFO, block, length);
	CHECK_EQUAL(DIES_WITH(mb2_read(INFO, &h)), E_BLOCK);
}

static void test_mb2_map_lies(void)
{
	struct mb2_mmap_entry *e;

	begin_mb2();
	e = add_mmap();
	memset((uint8_t *)e - 8, 0, 4); /* entry_size */
	end_mb2();
	CHECK_EQUAL(DIES_WITH(mb2_read(INFO, &h)), E_TAG);
	begin_mb2();
	e = add_mmap();
	((struct mb2_tag *)((uint8_t *)e - sizeof(struct mb2_mmap)))->size -= 8;
	end_mb2();
	CHECK_EQUAL(DIES_WITH(mb2_read(INFO, &h)), E_TAG);
	begin_mb2();
	e = add_mmap();
	e[1].base_addr = UINT64_MAX - 100;
	end_mb2();
	CHECK_EQUAL(DIES_WITH(mb2_read(INFO, &h)), E_TAG);
}

static void test_mb2_kernel_by_content(void)
{
	static uint8_t elf[4096] = "\x7f"
				   "ELF";
	const struct {
		uint32_t start, end;
		char string[16];
	} kernel = { 0x300000, 0x300000 + sizeof(elf), "kernel words" };

	begin_mb2();
	world_put(0x300000, elf, sizeof(elf));
	add_mmap();
	add_tag(MB2_MODULE, &module, sizeof(module)); /* initrd first: content decides */
	add_tag(MB2_MODULE, &kernel, sizeof(kernel));
	add_tag(MB2_MODULE, &kernel, sizeof(kernel)); /* a second ELF file is data */
	add_tag(MB2_CMDLINE, "lintel words", 13);
	end_mb2();
	CHECK_EQUAL(DIES_WITH(mb2_read(INFO, &h)), 0);
	CHECK_EQUAL(h.kernel.base, 0x300000);
	CHECK_EQUAL(h.initrds, 2);
	CHECK(!strcmp(h.cmdline, "kernel words lintel words"));
}

static const uint64_t systab = 0x7f9ee018, handle = 0x7eaa0098;

static void test_mb2_efi(void)
{
	const uint32_t efi_mmap[2 + 48 / 4] = { 48, 1 };
	struct mb2_efi e;

	begin_mb2();
	add_mmap();
	add_tag(MB2_EFI64, &systab, sizeof(systab));
	add_tag(MB2_EFI64_IMAGE, &handle, sizeof(handle));
	end_mb2();
	e = mb2_efi(INFO);
	CHECK_EQUAL(e.system_table, systab);
	CHECK_EQUAL(e.image, handle);
	mb2_read(INFO, &h);
	CHECK_EQUAL(h.bp.efi_info.efi_loader_signature, 0); /* boot services live: ours to ask */
	CHECK(h.may_be_uefi);
	begin_mb2();
	add_mmap();
	add_tag(MB2_EFI32, &systab, sizeof(uint32_t));
	end_mb2();
	mb2_read(INFO, &h);
	CHECK(h.may_be_uefi);
	begin_mb2();
	add_mmap();
	add_tag(MB2_EFI64, &systab, sizeof(systab));
	end_mb2();
	CHECK_EQUAL(DIES_WITH(mb2_efi(INFO)), E_BLOCK);
	begin_mb2();
	add_mmap();
	add_tag(MB2_EFI64, &systab, sizeof(systab));
	add_tag(MB2_EFI_MMAP, efi_mmap, sizeof(efi_mmap));
	end_mb2();
	CHECK_EQUAL(DIES_WITH(mb2_read(INFO, &h)), 0);
	CHECK_EQUAL(h.bp.efi_info.efi_loader_signature, EFI_LOADER_SIGNATURE_64);
	CHECK_EQUAL(h.bp.efi_info.efi_systab, systab);
	CHECK_EQUAL(h.bp.efi_info.efi_memdesc_size, 48);
	CHECK_EQUAL(h.bp.efi_info.efi_memmap_size, 48);
	CHECK_EQUAL(rd32(span_at(h.bp.efi_info.efi_memmap - 8, 4), 0), 48);
}

const struct test multiboot_tests[] = {
	{ "multiboot1: good", test_mb1_good },
	{ "multiboot1: file name before the words", test_mb1_file_name },
	{ "multiboot1: the longest line behind a name", test_mb1_longest_line },
	{ "multiboot1: no map", test_mb1_no_map },
	{ "multiboot1: lies", test_mb1_lies },
	{ "multiboot1: modules", test_mb1_modules },
	{ "multiboot1: too many modules", test_mb1_too_many_modules },
	{ "multiboot1: framebuffer", test_mb1_framebuffer },
	{ "multiboot2: good", test_mb2_good },
	{ "multiboot2: file name before the words", test_mb2_file_name },
	{ "multiboot2: sizes instead of a map", test_mb2_memory_only },
	{ "multiboot2: lies", test_mb2_lies },
	{ "multiboot2: map lies", test_mb2_map_lies },
	{ "multiboot2: kernel by content", test_mb2_kernel_by_content },
	{ "multiboot2: EFI", test_mb2_efi },
	{ 0 }
};
