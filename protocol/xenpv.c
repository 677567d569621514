// SPDX-License-Identifier: BSD-2-Clause
/*
 * Xen's start_info, both ways: xenpv_read() for the xenpv door, xenpv_write() for PV
 * kernels, which get the same block with another ramdisk and command line.  Pure C;
 * addresses are pseudo-physical, except in the block itself, where they are virtual.
 */
#include <lintel/xenpv.h>

#include "protocol/handoff.h"
#include "protocol/kernel.h"
#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/readers.h"
#include "protocol/say.h"

static uint64_t seen(uint64_t virtual)
{
	return virtual - XEN_VIRT_BASE;
}

struct xenpv_pages xenpv_pages(uint64_t start_info)
{
	struct span info = span_at(seen(start_info), sizeof(struct start_info));

	return (struct xenpv_pages){
		.initial_domain = RD32(info, 0, struct start_info, flags) & SIF_INITDOMAIN,
		.console_mfn = RD64(info, 0, struct start_info, console_mfn),
		.store_mfn = RD64(info, 0, struct start_info, store_mfn),
		.mfn_list = RD64(info, 0, struct start_info, mfn_list),
		.console_evtchn = RD32(info, 0, struct start_info, console_evtchn),
	};
}

static void read_memory(struct handoff *h, struct span e820, uint64_t end)
{
	if (e820.len)
		handoff_e820(h, e820);
	else
		handoff_range(h, 0, end, MAP_RAM);
	handoff_check_map(h);
}

/* Keep what Xen's builder has put at the end of the initial mapping, and everything after it. */
static void keep_own(struct handoff *h, struct span info, uint64_t base, uint64_t mapped)
{
	uint64_t tables = seen(RD64(info, 0, struct start_info, pt_base));
	uint64_t p2m = RD64(info, 0, struct start_info, mfn_list);
	uint64_t pages = RD64(info, 0, struct start_info, nr_pages);

	handoff_keep(h, base, PAGE);
	handoff_keep(h, tables, RD64(info, 0, struct start_info, nr_pt_frames) * PAGE);
	if (p2m >= XEN_VIRT_BASE)
		handoff_keep(h, seen(p2m), pages * sizeof(uint64_t));
	handoff_keep(h, mapped, map_top(&h->map) - mapped);
}

static void read_ramdisk(struct handoff *h, struct span info, uint64_t mapped)
{
	uint64_t base = RD64(info, 0, struct start_info, mod_start);
	uint64_t size = RD64(info, 0, struct start_info, mod_len);

	if (!size)
		return;
	base = h->start_flags & SIF_MOD_START_PFN ? base * PAGE : seen(base);
	if (base > mapped || size > mapped - base)
		die(E_MODULE, "Xen's ramdisk at %" X64 ", size %" X64 ", is mapped up to %" X64,
		    base, size, mapped);
	handoff_ramdisk(h, base, size);
}

void xenpv_read(uint64_t start_info, uint64_t stack, struct span e820, struct handoff *h)
{
	static const char magic[] = "xen-3.0-x86_64";
	uint64_t base = seen(start_info), mapped = align_up(seen(stack), PAGE);
	struct span info = span_at(base, sizeof(struct start_info));

	if (info.len < sizeof(struct start_info) || memcmp(info.p, magic, sizeof(magic) - 1))
		die(E_BLOCK, "Xen's start_info at %" X64 " has no magic %s", start_info, magic);
	/* Linux goes on using the first GiB of Xen's map, and Xen's own block lies at the
	 * end of that. */
	if (mapped > GIB)
		die(E_MODULE,
		    "image and ramdisk reach up to %" X64
		    " inside Xen PV, where a kernel sees %" X64 ": use a smaller initrd, or PVH",
		    mapped, GIB);
	h->world = WORLD_XEN_PV;
	h->start_flags = RD32(info, 0, struct start_info, flags);
	h->bp.hdr.hardware_subarch = SUBARCH_XEN;
	h->bp.hdr.hardware_subarch_data = base;
	read_memory(h, e820, RD64(info, 0, struct start_info, nr_pages) * PAGE);
	keep_own(h, info, base, mapped);
	handoff_cmdline(h, span_sub(info, offsetof(struct start_info, cmd_line), XEN_CMDLINE_SIZE));
	read_ramdisk(h, info, mapped);
}

void xenpv_write(const struct handoff *h, struct blob initrd)
{
	struct start_info *info = memory_at(h->bp.hdr.hardware_subarch_data);

	memcpy(info->cmd_line, h->cmdline, strlen(h->cmdline) + 1);
	info->mod_start = initrd.base / PAGE;
	info->mod_len = initrd.size;
	info->flags |= SIF_MOD_START_PFN;
	if (initrd.size)
		return;
	info->mod_start = 0;
	info->flags &= ~(uint32_t)SIF_MOD_START_PFN;
}
