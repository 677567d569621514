// SPDX-License-Identifier: BSD-2-Clause
/*
 * The block, written as on a machine into memory below 4 GiB and read again as the kernel
 * reads it.  Host program under ASan and UBSan; leave.S is not run, its code is a stand-in.
 */
#include "shim/leave.h"

#include <lintel/linux.h>

#include "protocol/readers.h"
#include "test/unit/check.h"

#define PAGE_SIZE 4096ull
#define MIB 0x100000ull

/* What the block's memory held before. */
#define OLD_BYTE 0xee

/* Two names with bytes between, which C does not promise of two objects. */
__asm__(".pushsection .rodata\n"
	".globl leave_code, leave_code_end\n"
	"leave_code: .skip 64\n"
	"leave_code_end:\n"
	".popsection");

static struct handoff h, out;
static struct kernel k;
static struct plan p;
static uint64_t size;

static const struct blob image = { 2 * MIB, MIB };

/* A machine with a hole above each of so many pages, and a block taken by the door. */
static void begin(uint32_t ranges)
{
	world_reset();
	handoff_init(&h, "test");
	for (uint64_t i = 0; i < ranges; i++)
		map_add(&h.map, i * 2 * PAGE_SIZE, (i * 2 + 1) * PAGE_SIZE, MAP_RAM);
	map_add(&h.map, 2 * MIB, 0xf0000000, MAP_RAM);
	strcpy(h.cmdline, "root=/dev/vda1 quiet");
	memset(h.report, 'r', sizeof(h.report) - 1);
	h.kernel = (struct blob){ 8 * MIB, MIB };
	k = (struct kernel){ .file = h.kernel,
			     .version = 0x20f,
			     .bits = 64,
			     .align = PAGE_SIZE,
			     .base = 16 * MIB,
			     .size = MIB,
			     .segments = 1,
			     .segment = { { 0, MIB, 0, MIB } },
			     .load_max = UINT64_MAX,
			     .initrd_max = UINT64_MAX };
}

/* The block has a page of memory behind it, to see what is written there. */
static void write_block(void)
{
	uint8_t *bytes;

	size = leave_size(&h);
	bytes = world_low(size + PAGE_SIZE);
	memset(bytes, OLD_BYTE, size + PAGE_SIZE);
	h.block = (struct blob){ (uintptr_t)bytes, size };
	place(&p, &h, &k, image, size);
	CHECK_EQUAL(leave_write(&p, &h, &k), h.block.base);
	for (uint64_t i = 0; i < PAGE_SIZE; i++)
		CHECK(bytes[size + i] == OLD_BYTE);
}

static const uint8_t copy[ACPI_RSDP_SIZE] = "RSD PTR copied by the loader";

static void check_rsdp(void)
{
	CHECK_EQUAL(out.rsdp, p.rsdp);
	CHECK(out.rsdp && !memcmp(memory_at(out.rsdp), copy, sizeof(copy)));
	CHECK(!map_is_ram(&out.map, out.rsdp, out.rsdp + 1));
	CHECK(map_is_ram(&out.map, out.rsdp + PAGE_SIZE, out.rsdp + PAGE_SIZE + 1));
	CHECK(!strcmp(out.cmdline, "root=/dev/vda1 quiet"));
}

static void check_linux(uint32_t ranges, bool copied)
{
	begin(ranges);
	if (copied)
		memcpy(h.rsdp_copy, copy, sizeof(copy));
	write_block();
	handoff_init(&out, "linux64");
	CHECK_EQUAL(DIES_WITH(linux_read(p.boot_params, &out)), 0);
	CHECK_EQUAL(map_ranges(&out.map), ranges + (copied ? 3 : 1));
	if (copied)
		check_rsdp();
	else
		CHECK_EQUAL(out.rsdp, 0);
}

static void test_leave_linux(void)
{
	const uint32_t edges[] = { 1, 125, 126, 127, 128, 250 };

	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		check_linux(edges[i], false);
		check_linux(edges[i], true);
	}
}

/* A seed of the loader's, in memory of this type; other nodes stay. */
static const uint8_t *leave_seed(uint32_t type, uint32_t memory)
{
	static const struct {
		struct setup_data head;
		char seed[8];
	} node = { { 0, SETUP_RNG_SEED, 8 }, { "secrets" } };
	uint8_t *bytes = world_low(sizeof(node));

	memcpy(bytes, &node, sizeof(node));
	((struct setup_data *)bytes)->type = type;
	map_add(&h.map, (uintptr_t)bytes, (uintptr_t)bytes + sizeof(node), memory);
	h.setup_data[h.setup_datas++] = (struct blob){ (uintptr_t)bytes, sizeof(node) };
	return bytes + sizeof(node.head);
}

/* The kernel gets seeds, and no copy of them stays. */
static void test_leave_seed(void)
{
	const uint8_t *seed, *other, *rom;

	begin(3);
	seed = leave_seed(SETUP_RNG_SEED, MAP_RAM);
	other = leave_seed(SETUP_DTB, MAP_RAM);
	rom = leave_seed(SETUP_RNG_SEED, MAP_RESERVED);
	write_block();
	CHECK(!memcmp(seed, "\0\0\0\0\0\0\0", 8));
	CHECK(!strcmp((const char *)other, "secrets") && !strcmp((const char *)rom, "secrets"));
	handoff_init(&out, "linux64");
	CHECK_EQUAL(DIES_WITH(linux_read(p.boot_params, &out)), 0);
	CHECK_EQUAL(out.setup_datas, 4);
	CHECK(!memcmp(memory_at(out.setup_data[1].base + 16), "secrets", 8));
}

static void test_leave_pvh(void)
{
	begin(250);
	memcpy(h.rsdp_copy, copy, sizeof(copy));
	k.exit = EXIT_PVH;
	write_block();
	handoff_init(&out, "pvh");
	CHECK_EQUAL(DIES_WITH(pvh_read(p.boot_params, (struct span){ 0 }, &out)), 0);
	CHECK_EQUAL(map_ranges(&out.map), 253);
	check_rsdp();
}

/* The size is taken before the plan splits a range, and must do also where a page is just full:
 * each length of the line moves the page tables by 8 bytes. */
static void test_leave_size(void)
{
	for (uint32_t length = 0; length < PAGE_SIZE; length += 8) {
		begin(130);
		memset(h.cmdline, 'c', length);
		h.cmdline[length] = '\0';
		memcpy(h.rsdp_copy, copy, sizeof(copy));
		size = leave_size(&h);
		h.block = (struct blob){ 64 * MIB, size };
		place(&p, &h, &k, image, size);
		h.rsdp = p.rsdp; /* as the writer has it */
		CHECK(leave_size(&h) <= size);
	}
}

const struct test leave_tests[] = { { "leave: boot_params", test_leave_linux },
				    { "leave: random seeds", test_leave_seed },
				    { "leave: PVH's block", test_leave_pvh },
				    { "leave: the size of the block", test_leave_size },
				    { 0 } };
