// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finds a place in RAM for the image, in the map that bios/e820.c read.
 * Real mode, but uses no instruction of the machine.
 */
#include "bios/boot/boot.h"
#include "protocol/number.h"

#define RAM 1
#define ALIGNMENT MIB /* the image's kernel_alignment */
#define KIB_SHIFT 10

static uint32_t range_count(void)
{
	return zero_page.e820_entries + e820_extra.node.len / sizeof(struct boot_e820_entry);
}

static const struct boot_e820_entry *range_at(uint32_t i)
{
	uint32_t below = zero_page.e820_entries;

	return i < below ? &zero_page.e820_table[i] : &e820_extra.entry[i - below];
}

static uint64_t range_end(const struct boot_e820_entry *range)
{
	uint64_t end = range->addr + range->size;

	return end < range->addr ? UINT64_MAX : end;
}

/* The end of the RAM that begins at @at; @at where there is none.  Ranges may come in any order. */
static uint64_t ram_end(uint64_t at)
{
	uint64_t end = at, next;

	do {
		next = end;
		for (uint32_t i = 0; i < range_count(); i++)
			if (range_at(i)->type == RAM && range_at(i)->addr <= end &&
			    range_end(range_at(i)) > end)
				end = range_end(range_at(i));
	} while (end != next);
	for (uint32_t i = 0; i < range_count(); i++)
		if (range_at(i)->type != RAM && range_at(i)->addr < end &&
		    range_end(range_at(i)) > at)
			end = range_at(i)->addr > at ? range_at(i)->addr : at;
	return end < FOUR_GIB ? end : FOUR_GIB;
}

static bool is_free(uint64_t at, uint32_t size)
{
	return at < FOUR_GIB && ram_end(at) >= at + size;
}

/* The lowest place at or above @least: it is @least, or the beginning of a range. */
static uint64_t find_place(uint64_t least, uint32_t size)
{
	uint64_t best = is_free(least, size) ? least : FOUR_GIB;

	for (uint32_t i = 0; i < range_count(); i++) {
		uint64_t at = align_up(range_at(i)->addr, ALIGNMENT);

		if (at >= least && at < best && is_free(at, size))
			best = at;
	}
	return best;
}

static uint32_t most_room(void)
{
	uint64_t most = 0;

	for (uint32_t i = 0; i < range_count(); i++) {
		uint64_t at = range_at(i)->addr < MIB ? MIB : range_at(i)->addr;

		if (at < FOUR_GIB && ram_end(at) - at > most)
			most = ram_end(at) - at;
	}
	return (uint32_t)(most >> KIB_SHIFT);
}

uint32_t room_find(uint32_t size)
{
	uint64_t at = find_place(16 * MIB, size);

	if (at >= FOUR_GIB)
		at = find_place(MIB, size);
	if (at >= FOUR_GIB)
		die(E_ROOM,
		    "the image needs %u KiB of memory in one piece above 1 MiB, there are %u",
		    (size >> KIB_SHIFT) + 1, most_room());
	return (uint32_t)at;
}
