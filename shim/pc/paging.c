// SPDX-License-Identifier: BSD-2-Clause
/*
 * Lintel's own identity map.  A door may enter anywhere in physical memory, and
 * what a handoff names may lie anywhere, so a GiB is mapped when it is first
 * touched.  When the pages are used up, all but the image's GiB is forgotten.
 * In the image, each part has the rights that it needs; nothing else may be executed,
 * and page 0 is not there.  Called by the doors and the page-fault handler.  64-bit,
 * ring 0; may touch its pages, cr0, cr3 and EFER.
 */
#include "shim/pc/paging.h"

#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/world.h"
#include "shim/pc/instructions.h"
#include "shim/pc/task.h"

#define ENTRIES 512
#define GIB_SHIFT 30
#define LARGE_SHIFT 21
#define LARGE_PAGE (1ull << LARGE_SHIFT)
#define PRESENT 0x1ull
#define WRITE 0x2ull
#define LARGE 0x80ull
#define UNCACHED 0x18ull /* PWT and PCD */
#define NO_EXECUTE (1ull << 63)
#define ADDRESS 0xffffffffff000ull

#define CR0_WP 0x10000
#define CR4_LA57 0x1000
#define MSR_EFER 0xc0000080
#define EFER_NXE 0x800
#define CPUID_FEATURES 0x80000001
#define CPUID_NX 20

/* For the image: two roots, two PDPT, two PD and two tables of 4 KiB pages, if it crosses every
 * boundary.  start32.S has its first map in the last four pages, so these are used last. */
#define PAGES 12
/* One more GiB needs at most a PDPT, a PD, and, where page 0 is, a table. */
#define MOST_FOR_ONE 3

/* What must not be cached: a TPM's registers and buffers. */
#define DEVICES_MAX 8

extern uint64_t paging_pool[PAGES][ENTRIES];
extern const char image_base[], image_end[];

/* @kept: the pages of the image's map; @strict: every part has only the rights that it needs */
static uint32_t taken, kept, devices;
static uint64_t *fourth_level, device[DEVICES_MAX], no_execute;
static bool strict;

static uint64_t *table(uint64_t *entry)
{
	if (!*entry) {
		memset(paging_pool[taken], 0, PAGE);
		*entry = (uint64_t)(uintptr_t)paging_pool[taken++] | PRESENT | WRITE;
	}
	return (uint64_t *)(uintptr_t)(*entry & ADDRESS);
}

/* The entry of a GiB; a table of the level above is made where there is none. */
static uint64_t *gib_entry(uint64_t address)
{
	uint64_t *pdpt = table(&fourth_level[address >> 39 & 511]);

	return &pdpt[address >> GIB_SHIFT & 511];
}

/* A new table of pages of one size, the first of which has the entry @value. */
static void fill(uint64_t *entry, uint64_t value, uint64_t size)
{
	uint64_t *t = paging_pool[taken++];

	*entry = (uint64_t)(uintptr_t)t | PRESENT | WRITE;
	/* Four at once, since this loop is a good part of what Lintel executes. */
	for (uint64_t *end = t + ENTRIES; t != end; t += 4, value += 4 * size) {
		t[0] = value;
		t[1] = value + size;
		t[2] = value + 2 * size;
		t[3] = value + 3 * size;
	}
}

/* The entry of a 4 KiB page in a GiB that is mapped; its 2 MiB are split. */
static uint64_t *page_entry(uint64_t address)
{
	uint64_t *pd = table(gib_entry(address)), *entry = &pd[address >> LARGE_SHIFT & 511];

	if (*entry & LARGE)
		fill(entry, *entry & ~LARGE, PAGE);
	return &table(entry)[address >> 12 & 511];
}

/* Of whole pages; 0 takes them out of the map. */
static void set_rights(uint64_t at, uint64_t end, uint64_t rights)
{
	while (at < end) {
		uint64_t *entry = page_entry(at);

		do {
			*entry++ = rights ? at | rights : 0;
			at += PAGE;
		} while (at < end && at % LARGE_PAGE);
	}
}

static void mark_devices(uint64_t *pd, uint64_t gib)
{
	for (uint32_t i = 0; i < devices; i++)
		if (device[i] >> GIB_SHIFT == gib)
			pd[device[i] >> LARGE_SHIFT & 511] |= UNCACHED;
}

static void map_gib(uint64_t address)
{
	uint64_t gib = address >> GIB_SHIFT, *entry = gib_entry(address);

	if (*entry)
		return;
	fill(entry, gib << GIB_SHIFT | LARGE | PRESENT | WRITE | no_execute, LARGE_PAGE);
	mark_devices(table(entry), gib);
	if (!gib && strict)
		*page_entry(0) = 0;
}

static bool is_mapped(uint64_t address)
{
	uint64_t *fourth = &fourth_level[address >> 39 & 511];

	return *fourth && *gib_entry(address);
}

static void forget(uint64_t *t)
{
	uint64_t *first = paging_pool[kept], *end = paging_pool[PAGES - 1] + ENTRIES;

	for (uint32_t i = 0; i < ENTRIES; i++) {
		uint64_t *to = (uint64_t *)(uintptr_t)(t[i] & ADDRESS);

		if (to >= first && to < end)
			t[i] = 0;
	}
}

/* Keep what maps the image, and give the other pages back. */
static void start_over(void)
{
	uint64_t base = (uint64_t)(uintptr_t)image_base, end = (uint64_t)(uintptr_t)image_end;

	forget(fourth_level);
	forget(table(&fourth_level[base >> 39 & 511]));
	forget(table(&fourth_level[end >> 39 & 511]));
	taken = kept;
	write_cr3(read_cr3());
}

bool machine_has_la57(void)
{
	return read_cr4() & CR4_LA57;
}

static void set_image(const struct paging_image *image)
{
	uint64_t guard;

	set_rights(image->head, image->code, PRESENT | no_execute);
	set_rights(image->code, image->constants, PRESENT);
	set_rights(image->constants, image->data, PRESENT | no_execute);
	for (uint32_t i = 0; (guard = task_guard(i)); i++)
		set_rights(guard, guard + PAGE, 0);
}

/* From now on the processor looks at all rights. */
static void obey_rights(void)
{
	strict = true;
	if (cpuid(CPUID_FEATURES).edx >> CPUID_NX & 1) {
		write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_NXE);
		no_execute = NO_EXECUTE;
	}
	write_cr0(read_cr0() | CR0_WP);
}

void paging_init(const struct paging_image *image)
{
	uint64_t *root = paging_pool[taken++];

	memset(root, 0, PAGE);
	/* With five levels, the root has one entry, which points to the fourth level. */
	fourth_level = machine_has_la57() ? table(root) : root;
	if (image)
		obey_rights();
	map_gib((uint64_t)(uintptr_t)image_base);
	map_gib((uint64_t)(uintptr_t)image_end - 1);
	if (image)
		set_image(image);
	kept = taken;
	write_cr3((uint64_t)(uintptr_t)root);
}

bool paging_fault(uint64_t address)
{
	if (is_mapped(address))
		return false;
	if (taken + MOST_FOR_ONE > PAGES)
		start_over();
	map_gib(address);
	return true;
}

void paging_page0(bool is_open)
{
	*page_entry(0) = is_open ? PRESENT | no_execute : 0;
	write_cr3(read_cr3());
}

void paging_device(uint64_t address)
{
	for (uint32_t i = 0; i < devices; i++)
		if (device[i] >> LARGE_SHIFT == address >> LARGE_SHIFT)
			return;
	if (devices < DEVICES_MAX)
		device[devices++] = address;
	/* Its GiB may be mapped already, as ordinary memory. */
	paging_fault(address);
	mark_devices(table(gib_entry(address)), address >> GIB_SHIFT);
	write_cr3(read_cr3());
}
