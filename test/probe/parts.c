// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finding the pieces of the block: what boot_params points at, and what the processor's
 * registers pointed at when the probe kernel was entered.  64-bit; reads memory only.
 */
#include "test/probe/parts.h"

#include "shim/face/layout.h"
#include "shim/memory.h"
#include "shim/pc/paging.h"
#include "test/probe/entry.h"

#define NODES_MAX 64
#define STACK 4096
#define CR4_LA57 0x1000
#define PRESENT 1ull
#define WRITE 2ull
#define LARGE 0x80ull
#define NO_EXECUTE (1ull << 63)
#define ADDRESS 0xffffffffff000ull
#define ENTRIES 512

extern const char image_base[], image_end[];

static void add(struct parts *p, const char *name, uint64_t base, uint64_t size, bool block)
{
	if (!size)
		return;
	if (p->n < PARTS_MAX)
		p->part[p->n++] = (struct part){ name, base, size, block };
	else
		p->lost = true;
}

static void add_nodes(struct parts *p, uint64_t at)
{
	for (uint32_t i = 0; at && i < NODES_MAX; i++) {
		struct span head = span_at(at, sizeof(struct setup_data));
		uint32_t len = RD32(head, 0, struct setup_data, len);

		add(p, "setup_data", at, sizeof(struct setup_data) + (uint64_t)len, true);
		at = RD64(head, 0, struct setup_data, next);
	}
}

static void add_line(struct parts *p, const struct boot_params *bp)
{
	uint64_t at = words64(bp->hdr.cmd_line_ptr, bp->ext_cmd_line_ptr), n = 0;
	struct span line = span_at(at, CMDLINE_MAX + 1);

	while (n < line.len && line.p[n])
		n++;
	add(p, "command line", at, line.len ? n + 1 : 0, true);
}

/* What the image takes, and the room that it has asked for where it would run as a bzImage. */
static void add_kernel(struct parts *p, const struct boot_params *bp)
{
	uint64_t base = memory_address(image_base), end = memory_address(image_end);
	uint64_t load = base + PM_OFFSET, align = bp->hdr.kernel_alignment, top, run;
	bool bzimage = bp->hdr.setup_sects;

	add(p, "kernel", bzimage ? load : base, end - (bzimage ? load : base), false);
	if (!bzimage || !align)
		return;
	run = align_up(load, align);
	run = run > bp->hdr.pref_address ? run : bp->hdr.pref_address;
	top = run + bp->hdr.init_size;
	run = run > end ? run : end;
	if (top > run)
		add(p, "init_size", run, top - run, false);
}

static void add_registers(struct parts *p)
{
	bool ring0 = !(entry.selector[CS] & 3);

	if (!entry.bits || !ring0)
		return;
	add(p, "descriptor table", entry.gdtr.base, entry.gdtr.limit + 1, true);
	if (entry.rsp >= STACK)
		add(p, "stack", entry.rsp - STACK, STACK, true);
}

void parts_find(struct parts *p, uint64_t page, const struct boot_params *bp)
{
	const struct efi_info *efi = &bp->efi_info;

	p->n = 0;
	p->lost = false;
	add(p, "boot_params", page, sizeof(*bp), true);
	add_line(p, bp);
	add_nodes(p, bp->hdr.setup_data);
	if (efi->efi_loader_signature)
		add(p, "EFI memory map", words64(efi->efi_memmap, efi->efi_memmap_hi),
		    efi->efi_memmap_size, true);
	add_registers(p);
	add_kernel(p, bp);
	add(p, "initrd", words64(bp->hdr.ramdisk_image, bp->ext_ramdisk_image),
	    words64(bp->hdr.ramdisk_size, bp->ext_ramdisk_size), false);
}

/* ---- page tables ---- */

static uint32_t levels(void)
{
	return entry.cr4 & CR4_LA57 ? 5 : 4;
}

static uint64_t entry_at(uint64_t table, uint64_t i)
{
	return rd64(span_at(table & ADDRESS, PAGE), i * sizeof(uint64_t));
}

static bool is_table(uint64_t e, uint32_t level)
{
	return e & PRESENT && level > 1 && !(level < 4 && e & LARGE);
}

static void each(uint64_t table, uint32_t level, void (*visit)(uint64_t page, void *arg), void *arg)
{
	visit(table & ADDRESS, arg);
	for (uint64_t i = 0; level > 1 && i < ENTRIES; i++)
		if (is_table(entry_at(table, i), level))
			each(entry_at(table, i), level - 1, visit, arg);
}

void tables_each(void (*visit)(uint64_t page, void *arg), void *arg)
{
	if (entry.bits == 64 && entry.cr3)
		each(entry.cr3, levels(), visit, arg);
}

uint64_t tables_identity(uint64_t base, uint64_t end)
{
	while (base < end) {
		uint64_t e = entry.cr3 | PRESENT, rights = PRESENT | WRITE;
		uint32_t level = levels();

		for (; is_table(e, level + 1); level--) {
			e = entry_at(e, base >> (12 + 9 * (level - 1)) & (ENTRIES - 1));
			rights = (rights & e & (PRESENT | WRITE)) | ((rights | e) & NO_EXECUTE);
		}
		uint64_t size = (uint64_t)PAGE << 9 * level;

		if (!(rights & PRESENT) || !(rights & WRITE) || rights & NO_EXECUTE ||
		    (e & ADDRESS & ~(size - 1)) != (base & ~(size - 1)))
			return base;
		base = (base & ~(size - 1)) + size;
	}
	return end;
}
