// SPDX-License-Identifier: BSD-2-Clause
/*
 * Lintel's own identity map.  A door may enter anywhere in physical memory, and
 * what a handoff names may lie anywhere, so a GiB is mapped when it is first
 * touched.  When one set of pages is used up, a new map of the image alone is made
 * in the other set.  Called by the doors and the page-fault handler.  64-bit,
 * ring 0; may touch its pages and cr3.
 */
#include "shim/pc/paging.h"

#include "protocol/lib.h"
#include "shim/face/layout.h"
#include "protocol/world.h"
#include "shim/pc/instructions.h"

#define ENTRIES 512
#define GIB_SHIFT 30
#define PRESENT_WRITE 0x3ull
#define LARGE 0x80ull
#define UNCACHED 0x18ull /* PWT and PCD */
#define LARGE_SHIFT 21
#define ADDRESS 0xffffffffff000ull

/* Two roots, PDPT and PD for the image, and three more pages for other addresses.  start32.S
 * uses set 0. */
#define SET 7
/* One more GiB needs at most a PDPT and a PD. */
#define MOST_FOR_ONE 2

extern uint64_t paging_pool[2][SET][ENTRIES];
extern const char image_base[], image_end[];

#define CR4_LA57 0x1000

/* Devices that must not be cached: a TPM, and one more. */
#define DEVICES_MAX 2

static uint32_t set, taken, devices;
static uint64_t *fourth_level, device[DEVICES_MAX];

static uint64_t *take_page(void)
{
	uint64_t *page = paging_pool[set][taken++];

	memset(page, 0, PAGE);
	return page;
}

static uint64_t *table(uint64_t *entry)
{
	if (!*entry)
		*entry = (uint64_t)(uintptr_t)take_page() | PRESENT_WRITE;
	return (uint64_t *)(uintptr_t)(*entry & ADDRESS);
}

static void map_gib(uint64_t address)
{
	uint64_t *pdpt = table(&fourth_level[address >> 39 & 511]);
	uint64_t *entry = &pdpt[address >> GIB_SHIFT & 511];
	uint64_t base = address >> GIB_SHIFT << GIB_SHIFT;

	if (*entry)
		return;
	uint64_t *pd = table(entry);

	for (uint64_t i = 0; i < ENTRIES; i++)
		pd[i] = (base + (i << LARGE_SHIFT)) | LARGE | PRESENT_WRITE;
	for (uint32_t i = 0; i < devices; i++)
		if (device[i] >> GIB_SHIFT == address >> GIB_SHIFT)
			pd[device[i] >> LARGE_SHIFT & 511] |= UNCACHED;
}

static void start_over(void)
{
	set = !set;
	taken = 0;
	uint64_t *root = take_page();

	/* With five levels, the root has one entry, which points to the fourth level. */
	fourth_level = machine_has_la57() ? table(root) : root;
	map_gib((uint64_t)(uintptr_t)image_base);
	map_gib((uint64_t)(uintptr_t)image_end - 1);
	write_cr3((uint64_t)(uintptr_t)root);
}

bool machine_has_la57(void)
{
	return read_cr4() & CR4_LA57;
}

void paging_init(void)
{
	set = 0; /* start32.S's map may be in use, so begin with the other set */
	start_over();
}

void paging_fault(uint64_t address)
{
	if (taken + MOST_FOR_ONE > SET)
		start_over();
	map_gib(address);
}

void paging_device(uint64_t address)
{
	if (devices < DEVICES_MAX)
		device[devices++] = address;
	/* Its GiB may be mapped already, as ordinary memory. */
	start_over();
}
