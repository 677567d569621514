// SPDX-License-Identifier: BSD-2-Clause
/*
 * The ELF file inside a bzImage: taken where it lies, or unpacked into memory that
 * nobody needs.
 */
#include "shim/unpack/vmlinux.h"

#include <zlib.h>
#include <lintel/elf.h>

#include "protocol/kernel.h"
#include "test/unit/check.h"

#define MIB 0x100000ull
#define PAGE_SIZE 4096ull
#define ARENA (16 * MIB)
#define SETUP 1024
#define ELF_SIZE 50000

static struct handoff h;
static uint64_t arena;
static uint8_t elf[ELF_SIZE];
static struct blob image;

/* A bzImage with this payload in the middle of a machine of 16 MiB, to run at @run. */
static struct setup_header *make(const void *payload, uint32_t size, uint64_t run)
{
	world_reset();
	arena = ((uintptr_t)world_low(ARENA + MIB) + MIB - 1) & ~(MIB - 1);
	handoff_init(&h, "test");
	map_add(&h.map, arena, arena + ARENA, MAP_RAM);
	image = (struct blob){ arena, MIB };

	uint8_t *at = (uint8_t *)(uintptr_t)(arena + MIB);
	struct setup_header *s = (struct setup_header *)(at + 0x1f1);

	*s = (struct setup_header){ .setup_sects = 1,
				    .syssize = (100 + size + 15) / 16,
				    .boot_flag = LINUX_BOOT_FLAG,
				    .jump = 0x6aeb,
				    .header = LINUX_HDRS,
				    .version = 0x20f,
				    .kernel_version = 0x280 - 0x200,
				    .loadflags = LOADED_HIGH,
				    .code32_start = 0x100000,
				    .payload_offset = 100,
				    .payload_length = size,
				    .pref_address = run ? arena + run : 0 };
	strcpy((char *)at + 0x280, "6.1.0-test");
	memcpy(at + SETUP + 100, payload, size);
	h.kernel = (struct blob){ arena + MIB, SETUP + 16ull * s->syssize };
	return s;
}

static void make_elf(void)
{
	for (size_t i = 0; i < sizeof(elf); i++)
		elf[i] = (uint8_t)(i * i / 7);
	memcpy(elf,
	       "\x7f"
	       "ELF\2\1\1",
	       7);
}

static uint32_t pack(uint8_t *out, size_t room)
{
	z_stream z = {
		.next_in = elf, .avail_in = sizeof(elf), .next_out = out, .avail_out = (uInt)room
	};

	make_elf();
	CHECK(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) == Z_OK);
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&z);
	return (uint32_t)z.total_out;
}

static int open_it(void)
{
	return DIES_WITH(vmlinux_open(&h, image));
}

static bool is_elf_at(uint64_t at)
{
	return !memcmp((void *)(uintptr_t)at, elf, sizeof(elf));
}

static void test_vmlinux_unpacked(void)
{
	static uint8_t packed[ELF_SIZE + 4096];
	uint32_t size = pack(packed, sizeof(packed));

	make(packed, size, 8 * MIB);
	CHECK_EQUAL(open_it(), 0);
	CHECK_EQUAL(h.kernel.base, arena + 8 * MIB);
	CHECK_EQUAL(h.kernel.size, ELF_SIZE);
	CHECK(is_elf_at(h.kernel.base));
	CHECK(!strcmp(h.kernel_name, "6.1.0-test"));
}

/* Where its own place is taken, elsewhere: not over anything that was given or is kept. */
static void test_vmlinux_taken(void)
{
	static uint8_t packed[ELF_SIZE + 4096];
	uint32_t size = pack(packed, sizeof(packed));
	uint64_t top, touched = 0;

	make(packed, size, 8 * MIB);
	top = arena + ARENA;
	handoff_initrd(&h, (struct blob){ arena + 8 * MIB + PAGE_SIZE, 10 });
	handoff_keep(&h, arena + 9 * MIB, 7 * MIB);
	memset((void *)(uintptr_t)(arena + 8 * MIB), 0x55, 8 * MIB);
	map_use(&h.map, arena, arena + ARENA); /* marks of before do not count */
	CHECK_EQUAL(open_it(), 0);
	CHECK(h.kernel.base + h.kernel.size <= arena + 8 * MIB + PAGE_SIZE ||
	      (h.kernel.base > arena + 8 * MIB + PAGE_SIZE &&
	       h.kernel.base + h.kernel.size <= arena + 9 * MIB));
	CHECK(is_elf_at(h.kernel.base));
	CHECK(!map_is_free(&h.map, h.kernel.base, h.kernel.base + 1));
	for (uint64_t at = arena + 9 * MIB; at < top; at += 8)
		touched += *(uint64_t *)(uintptr_t)at != 0x5555555555555555;
	CHECK_EQUAL(touched, 0);
	CHECK_EQUAL(*(uint8_t *)(uintptr_t)(arena + 8 * MIB + PAGE_SIZE), 0x55);
}

/* To run where we are, or where its file is: not while both are needed. */
static void test_vmlinux_own_place(void)
{
	static uint8_t packed[ELF_SIZE + 4096];
	uint32_t size = pack(packed, sizeof(packed));

	for (uint64_t run = PAGE_SIZE; run <= MIB; run += MIB - PAGE_SIZE) {
		make(packed, size, run);
		CHECK_EQUAL(open_it(), 0);
		CHECK(h.kernel.base >= arena + MIB + SETUP + 100 + size);
		CHECK(is_elf_at(h.kernel.base));
	}
}

static void test_vmlinux_raw(void)
{
	make_elf();
	make(elf, sizeof(elf), 8 * MIB);
	CHECK_EQUAL(open_it(), 0);
	CHECK_EQUAL(h.kernel.base, arena + MIB + SETUP + 100);
	CHECK_EQUAL(h.kernel.size, ELF_SIZE);
	CHECK(!strcmp(h.kernel_name, "6.1.0-test"));
}

/* An ELF kernel is one already. */
static void test_vmlinux_elf(void)
{
	struct elf64_ehdr *e = (struct elf64_ehdr *)elf;
	struct elf64_phdr *p = (struct elf64_phdr *)(elf + 64);

	make_elf();
	e->e_type = ET_EXEC;
	e->e_machine = EM_X86_64;
	e->e_entry = 0x1000000;
	e->e_phoff = 64;
	e->e_phentsize = sizeof(*p);
	e->e_phnum = 1;
	*p = (struct elf64_phdr){ PT_LOAD, 5, 4096, 0, 0x1000000, 100, 100, 4096 };
	make("", 0, 0);
	memcpy((void *)(uintptr_t)h.kernel.base, elf, sizeof(elf));
	h.kernel.size = sizeof(elf);
	CHECK_EQUAL(open_it(), 0);
	CHECK_EQUAL(h.kernel.base, arena + MIB);
	CHECK_EQUAL(h.kernel.size, sizeof(elf));
}

static void test_vmlinux_refusals(void)
{
	static uint8_t packed[ELF_SIZE + 4096];
	uint32_t size = pack(packed, sizeof(packed));

	make("no payload that is known", 24, 0);
	CHECK_EQUAL(open_it(), E_UNPACK);
	CHECK_TEXT(world_said(), "kernel 6.1.0-test is packed in an unknown way: it begins with ");
	make(packed, size, 0)->payload_length = UINT32_MAX;
	CHECK_EQUAL(open_it(), E_UNPACK);
	CHECK_TEXT(world_said(), "kernel 6.1.0-test has no ELF file inside");
	make(packed, size, 0)->payload_offset = UINT32_MAX;
	CHECK_EQUAL(open_it(), E_UNPACK);
	make(packed, size, 0)->version = 0x207; /* has no payload fields */
	CHECK_EQUAL(open_it(), E_UNPACK);
	packed[size / 2] ^= 1;
	make(packed, size, 0);
	CHECK_EQUAL(open_it(), E_UNPACK);
	packed[size / 2] ^= 1;
	memcpy(packed + size - 4, "\0\0\0\x7f", 4); /* needs 2 GiB */
	make(packed, size, 0);
	CHECK_EQUAL(open_it(), E_MEMORY);
	make(packed, size, 0);
	h.kernel.size = 0;
	CHECK_EQUAL(open_it(), E_NO_KERNEL);
}

const struct test vmlinux_tests[] = { { "vmlinux: unpacked", test_vmlinux_unpacked },
				      { "vmlinux: its place is taken", test_vmlinux_taken },
				      { "vmlinux: where we are", test_vmlinux_own_place },
				      { "vmlinux: not packed", test_vmlinux_raw },
				      { "vmlinux: ELF kernel", test_vmlinux_elf },
				      { "vmlinux: refusals", test_vmlinux_refusals },
				      { 0 } };
