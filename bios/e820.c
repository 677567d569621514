// SPDX-License-Identifier: BSD-2-Clause
/*
 * Asks the BIOS for memory.  Every range that it reports is passed on: 128 in the
 * zero page, the rest in a setup_data node.  If a BIOS has no E820, a map is made from the
 * answers to the two older calls.
 * Called by main() and by boot_main(), once; real mode.
 */
#include "bios/setup16.h"
#include "protocol/number.h"

#define SMAP 0x534d4150
#define RAM 1
#define LOW_KIB_MAX 640
/* A BIOS whose list never ends must not hang us, even if all its entries are empty. */
#define CALLS_MAX 4096

/* An answer of E820; only one of 24 bytes (ACPI 3.0) has the attributes. */
struct answer {
	struct boot_e820_entry range;
	uint32_t attributes;
} PACKED;
#define ATTRIBUTE_ENABLED 1

static uint32_t ranges;
static bool have_ram;

static void add_range(const struct boot_e820_entry *range)
{
	uint32_t extra = ranges - E820_MAX_ENTRIES_ZEROPAGE;

	if (!range->size)
		return;
	if (ranges < E820_MAX_ENTRIES_ZEROPAGE)
		zero_page.e820_table[ranges] = *range;
	else if (extra < SETUP16_E820_MAX)
		e820_extra.entry[extra] = *range;
	else
		die(E_E820, "more BIOS memory ranges (E820) than fit: 0x%x", ranges + 1);
	ranges++;
	have_ram |= range->type == RAM;
}

/*
 * One walk through the list, @size bytes per answer.  If one of the answers lacks "SMAP",
 * the BIOS is not answering this call, and none of its answers is used.
 */
static void ask_e820(uint32_t size)
{
	struct answer answer;
	uint32_t next = 0;

	ranges = 0;
	have_ram = false;
	for (uint32_t calls = 0; calls < CALLS_MAX; calls++) {
		struct bios_regs r = { .eax = 0xe820,
				       .ebx = next,
				       .ecx = size,
				       .edx = SMAP,
				       .edi = (uint32_t)&answer };

		memset(&answer, 0, sizeof(answer));
		answer.attributes = ATTRIBUTE_ENABLED;
		if (!bios_call(0x15, &r))
			return;
		if (r.eax != SMAP) {
			have_ram = false;
			return;
		}
		if (answer.attributes & ATTRIBUTE_ENABLED)
			add_range(&answer.range);
		next = r.ebx;
		if (!next)
			return;
	}
	die(E_E820, "BIOS memory map (E820) has no end, calls made: 0x%x", CALLS_MAX);
}

/**
 * struct e801 - the answer of int 15h AX=E801
 * @low:  KiB from 1 to 16 MiB
 * @high: blocks of 64 KiB from 16 MiB on
 */
struct e801 {
	uint32_t low, high;
};

/* The answer is in AX:BX, in CX:DX, or in both. */
static struct e801 ask_e801(void)
{
	struct bios_regs r = { .eax = 0xe801 };
	struct e801 none = { 0, 0 }, answer;

	if (!bios_call(0x15, &r))
		return none;
	answer.low = r.eax & 0xffff;
	answer.high = r.ebx & 0xffff;
	if (r.ecx & 0xffff || r.edx & 0xffff) {
		answer.low = r.ecx & 0xffff;
		answer.high = r.edx & 0xffff;
	}
	return answer.low <= 15 * 1024 ? answer : none;
}

static uint16_t ask_ext_mem(void)
{
	struct bios_regs r = { .eax = 0x8800 };

	return bios_call(0x15, &r) ? (uint16_t)r.eax : 0;
}

static uint32_t ask_low_mem(void)
{
	struct bios_regs r = { .eax = 0 };

	bios_call(0x12, &r);
	return r.eax & 0xffff;
}

static void add_ram(uint64_t base, uint64_t size)
{
	struct boot_e820_entry range = { .addr = base, .size = size, .type = RAM };

	add_range(&range);
}

static void make_map(const struct e801 *answer, uint32_t ext_mem_k)
{
	uint32_t low_k = ask_low_mem();

	ranges = 0;
	have_ram = false;
	if (!answer->low && !ext_mem_k)
		return;
	if (low_k <= LOW_KIB_MAX)
		add_ram(0, low_k * KIB);
	if (answer->low) {
		add_ram(MIB, answer->low * KIB);
		add_ram(16 * MIB, answer->high * 64 * KIB);
	} else {
		add_ram(MIB, ext_mem_k * KIB);
	}
}

static void finish_map(void)
{
	uint32_t extra;

	if (ranges <= E820_MAX_ENTRIES_ZEROPAGE) {
		zero_page.e820_entries = (uint8_t)ranges;
		return;
	}
	extra = ranges - E820_MAX_ENTRIES_ZEROPAGE;
	zero_page.e820_entries = E820_MAX_ENTRIES_ZEROPAGE;
	e820_extra.node.next = zero_page.hdr.setup_data;
	e820_extra.node.type = SETUP_E820_EXT;
	e820_extra.node.len = extra * (uint32_t)sizeof(struct boot_e820_entry);
	zero_page.hdr.setup_data = linear(&e820_extra);
}

void e820_read(void)
{
	struct e801 answer = ask_e801();
	uint16_t ext_mem_k = ask_ext_mem();

	/* If there is a hole below 16 MiB, memory after the hole is not counted, as in Linux. */
	zero_page.alt_mem_k = answer.low < 15 * 1024 ? answer.low : answer.low + answer.high * 64;
	zero_page.screen_info.ext_mem_k = ext_mem_k;

	/* Some BIOSes return 24 bytes with attributes 0 for all ranges: ask again for 20 bytes. */
	ask_e820(24);
	if (!have_ram)
		ask_e820(20);
	if (!have_ram)
		make_map(&answer, ext_mem_k);
	if (!have_ram)
		die(E_E820,
		    "no memory map from the BIOS (int 15h E820, E801, 88), "
		    "conventional memory in KiB: 0x%x",
		    ask_low_mem());
	finish_map();
}
