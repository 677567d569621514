// SPDX-License-Identifier: BSD-2-Clause
/*
 * The PVH block, both ways: pvh_read() for the pvh door, pvh_write() for kernels that
 * are entered at their PHYS32_ENTRY note.  Pure C for any world; reads the loader's
 * memory, writes where it is told to.
 */
#include <lintel/pvh.h>

#include "protocol/handoff.h"
#include "protocol/kernel.h"
#include "protocol/lib.h"
#include "protocol/readers.h"
#include "protocol/say.h"

/* No loader makes a longer table, so a larger count is damage. */
#define ENTRIES_MAX 0x10000

/* ---- reading ---- */

static struct span table_at(uint64_t base, uint64_t count, uint64_t entry, const char *what)
{
	struct span s = span_at(base, count * entry);

	if (count > ENTRIES_MAX || s.len != count * entry)
		die(E_BLOCK, "PVH %s at %" X64 " has %" U64 " entries", what, base, count);
	return s;
}

/* Memory that does not exist may read as 0.  Without this check, a bad address would look
 * like "no modules" or an empty command line. */
static void check_told(const struct map *m, uint64_t at, const char *what)
{
	struct range r;

	for (uint32_t i = 0; map_next(m, &i, &r);)
		if (at >= r.base && at < r.end)
			return;
	die(E_BLOCK, "PVH %s at %" X64 " lies outside memory", what, at);
}

static void read_memmap(struct span info, struct handoff *h)
{
	uint32_t n = RD32(info, 0, struct hvm_start_info, memmap_entries);
	struct span map;

	if (!n)
		return;
	map = table_at(RD64(info, 0, struct hvm_start_info, memmap_paddr), n,
		       sizeof(struct hvm_memmap_table_entry), "memory map");
	for (uint64_t off = 0; off < map.len; off += sizeof(struct hvm_memmap_table_entry))
		handoff_range(h, RD64(map, off, struct hvm_memmap_table_entry, addr),
			      RD64(map, off, struct hvm_memmap_table_entry, size),
			      RD32(map, off, struct hvm_memmap_table_entry, type));
}

static void read_modules(struct span info, struct handoff *h)
{
	uint32_t n = RD32(info, 0, struct hvm_start_info, nr_modules);
	uint64_t base = RD64(info, 0, struct hvm_start_info, modlist_paddr);
	struct span list;

	if (!n)
		return;
	list = table_at(base, n, sizeof(struct hvm_modlist_entry), "module list");
	check_told(&h->map, base, "module list");
	/* A module's string is ignored: Xen's begins with the file's name, and other
	 * loaders give none. */
	for (uint64_t off = 0; off < list.len; off += sizeof(struct hvm_modlist_entry))
		handoff_ramdisk(h, RD64(list, off, struct hvm_modlist_entry, paddr),
				RD64(list, off, struct hvm_modlist_entry, size));
}

void pvh_read(uint64_t base, struct span e820, struct handoff *h)
{
	struct span info = span_at(base, sizeof(struct hvm_start_info));
	uint64_t line = RD64(info, 0, struct hvm_start_info, cmdline_paddr);

	if (RD32(info, 0, struct hvm_start_info, magic) != HVM_START_MAGIC)
		die(E_BLOCK, "PVH start info at %" X64 " has magic %x", base,
		    RD32(info, 0, struct hvm_start_info, magic));
	if (RD32(info, 0, struct hvm_start_info, version))
		read_memmap(info, h);
	if (!map_top(&h->map))
		handoff_e820(h, e820);
	handoff_check_map(h);
	h->start_flags = RD32(info, 0, struct hvm_start_info, flags);
	h->rsdp = RD64(info, 0, struct hvm_start_info, rsdp_paddr);
	if (line) {
		check_told(&h->map, line, "command line");
		handoff_cmdline(h, span_at(line, CMDLINE_MAX + 1));
	}
	read_modules(info, h);
}

/* ---- writing ---- */

uint64_t pvh_tables_size(uint32_t ranges)
{
	return sizeof(struct hvm_modlist_entry) + ranges * sizeof(struct hvm_memmap_table_entry);
}

static void write_memmap(const struct handoff *h, struct hvm_memmap_table_entry *to)
{
	struct range r;

	for (uint32_t i = 0; map_next(&h->map, &i, &r);)
		*to++ = (struct hvm_memmap_table_entry){ r.base, r.end - r.base, r.type, 0 };
}

void pvh_write(const struct handoff *h, const struct pvh_place *at)
{
	struct hvm_start_info *info = memory_at(at->info);
	struct hvm_modlist_entry *module = memory_at(at->tables);

	memset(module, 0, sizeof(*module));
	module->paddr = at->initrd.base;
	module->size = at->initrd.size;
	write_memmap(h, (struct hvm_memmap_table_entry *)(module + 1));
	memcpy(memory_at(at->cmdline), h->cmdline, strlen(h->cmdline) + 1);
	*info = (struct hvm_start_info){
		.magic = HVM_START_MAGIC,
		.version = 1,
		.flags = h->start_flags,
		.nr_modules = at->initrd.size != 0,
		.modlist_paddr = at->initrd.size ? at->tables : 0,
		.cmdline_paddr = at->cmdline,
		.rsdp_paddr = h->rsdp,
		.memmap_paddr = at->tables + sizeof(*module),
		.memmap_entries = map_ranges(&h->map),
	};
}
