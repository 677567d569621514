// SPDX-License-Identifier: BSD-2-Clause
/*
 * The zero page, both ways: linux_read() for the Linux doors and the probe kernel,
 * linux_write() for every exit that takes boot_params.  Pure C for any world;
 * reads the loader's memory, writes where it is told to.
 */
#include <lintel/linux.h>

#include "protocol/handoff.h"
#include "protocol/kernel.h"
#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/readers.h"
#include "protocol/say.h"

#define BP(field) offsetof(struct boot_params, field)
#define HDR_MAX (BP(edd_mbr_sig_buffer) - BP(hdr))
#define CL_MAGIC_OFFSET 0x20
#define NODES_MAX 64
#define NODE_MAX 0x1000000

/* ---- reading ---- */

struct nodes {
	uint32_t reports; /* of @h's setup_data */
	uint64_t ranges;  /* bytes of the memory map */
};

/* A Lintel's report is one more node each time one starts another, so only the latest are kept. */
static void keep_node(struct handoff *h, struct nodes *n, struct blob node, bool is_report)
{
	if (is_report && n->reports++ >= REPORTS_MAX)
		return;
	if (h->setup_datas == SETUP_DATA_MAX + lower(n->reports, REPORTS_MAX))
		die(E_BLOCK, "more than %u setup_data nodes", SETUP_DATA_MAX);
	h->setup_data[h->setup_datas++] = node;
	map_use(&h->map, node.base, node.base + node.size);
}

/* Memory ranges go into the map; all other nodes are kept for the kernel.  Nodes that are linked
 * in a circle come again and again, so the ranges are limited together. */
static void read_node(struct handoff *h, struct nodes *n, uint64_t at, struct span node)
{
	uint32_t type = RD32(node, 0, struct setup_data, type);
	uint64_t len = node.len - sizeof(struct setup_data);

	if (type != SETUP_E820_EXT) {
		keep_node(h, n, (struct blob){ at, node.len }, type == SETUP_LINTEL);
		return;
	}
	n->ranges += len;
	if (n->ranges > NODE_MAX)
		die(E_TAG, "setup_data has %" U64 " bytes of memory ranges", n->ranges);
	handoff_e820(h, span_sub(node, sizeof(struct setup_data),
				 len - len % sizeof(struct boot_e820_entry)));
}

static void read_nodes(uint64_t at, struct handoff *h)
{
	struct nodes n = { 0 };

	for (uint32_t i = 0; at; i++) {
		struct span head = span_at(at, sizeof(struct setup_data));
		uint32_t len = RD32(head, 0, struct setup_data, len);
		struct span node = span_at(at, sizeof(struct setup_data) + (uint64_t)len);

		if (i == NODES_MAX || len > NODE_MAX || node.len < sizeof(struct setup_data) + len)
			die(E_TAG, "setup_data node %u at %" X64 " has %u bytes", i, at, len);
		read_node(h, &n, at, node);
		at = RD64(head, 0, struct setup_data, next);
	}
}

/* After a loader has copied the file's first sector, only these fields can be trusted.
 * Linux keeps the same ones (arch/x86/include/asm/bootparam_utils.h), and one of OLPC's. */
static void keep_trusted(struct boot_params *to, const struct boot_params *from)
{
	to->screen_info = from->screen_info;
	memcpy(to->apm_bios_info, from->apm_bios_info, sizeof(to->apm_bios_info));
	to->tboot_addr = from->tboot_addr;
	memcpy(to->ist_info, from->ist_info, sizeof(to->ist_info));
	memcpy(to->hd0_info, from->hd0_info, sizeof(to->hd0_info));
	memcpy(to->hd1_info, from->hd1_info, sizeof(to->hd1_info));
	memcpy(to->sys_desc_table, from->sys_desc_table, sizeof(to->sys_desc_table));
	to->cc_blob_address = from->cc_blob_address;
	to->efi_info = from->efi_info;
	to->alt_mem_k = from->alt_mem_k;
	to->e820_entries = from->e820_entries;
	to->eddbuf_entries = from->eddbuf_entries;
	to->edd_mbr_sig_buf_entries = from->edd_mbr_sig_buf_entries;
	to->secure_boot = from->secure_boot;
	to->hdr = from->hdr;
	memcpy(to->edd_mbr_sig_buffer, from->edd_mbr_sig_buffer, sizeof(to->edd_mbr_sig_buffer));
	memcpy(to->e820_table, from->e820_table, sizeof(to->e820_table));
	memcpy(to->eddbuf, from->eddbuf, sizeof(to->eddbuf));
}

static void read_efi_map(const struct efi_info *efi, struct handoff *h)
{
	uint64_t at = words64(efi->efi_memmap, efi->efi_memmap_hi);

	/* The kernel reads it in place, so it must not be moved. */
	if (efi->efi_loader_signature && at && efi->efi_memmap_size <= UINT64_MAX - at)
		map_use(&h->map, at, at + efi->efi_memmap_size);
}

static void read_memory(const struct boot_params *bp, uint64_t base, struct handoff *h)
{
	uint32_t n = bp->e820_entries;

	if (n > E820_MAX_ENTRIES_ZEROPAGE)
		die(E_BLOCK, "boot_params has %u e820 entries, at most 128 are possible", n);
	handoff_e820(h, span_at(base + BP(e820_table), n * sizeof(struct boot_e820_entry)));
	read_nodes(bp->hdr.setup_data, h);
	if (!h->map.n)
		handoff_memory(h, 640, bp->alt_mem_k ? bp->alt_mem_k : bp->screen_info.ext_mem_k);
	handoff_check_map(h);
}

void linux_read(uint64_t base, struct handoff *h)
{
	struct span page = span_at(base, sizeof(struct boot_params));
	struct boot_params bp;
	uint64_t line;

	if (page.len < sizeof(bp))
		die(E_BLOCK, "boot_params at %" X64 " cannot be read", base);
	memcpy(&bp, page.p, sizeof(bp));
	if (bp.hdr.header != LINUX_HDRS)
		die(E_BLOCK, "boot_params at %" X64 " has no setup header: %x", base,
		    bp.hdr.header);
	if (bp.sentinel) {
		keep_trusted(&h->bp, &bp);
		handoff_report(h, "repaired", "boot_params");
	} else {
		h->bp = bp;
	}
	read_memory(&h->bp, base, h);
	format(h->loader, sizeof(h->loader), "type %x", bp.hdr.type_of_loader);
	h->rsdp = h->bp.acpi_rsdp_addr;
	read_efi_map(&h->bp.efi_info, h);
	line = words64(bp.hdr.cmd_line_ptr, h->bp.ext_cmd_line_ptr);
	if (line)
		handoff_cmdline(h, span_at(line, CMDLINE_MAX + 1));
	handoff_ramdisk(h, words64(bp.hdr.ramdisk_image, h->bp.ext_ramdisk_image),
			words64(bp.hdr.ramdisk_size, h->bp.ext_ramdisk_size));
}

/* ---- writing ---- */

static uint64_t node_size(uint64_t len)
{
	return align_up(sizeof(struct setup_data) + len, 8);
}

/* How many ranges do not fit into the zero page. */
static uint64_t extra_ranges(uint32_t ranges)
{
	return ranges > E820_MAX_ENTRIES_ZEROPAGE ? ranges - E820_MAX_ENTRIES_ZEROPAGE : 0;
}

uint64_t linux_setup_data_size(const struct handoff *h, uint32_t ranges)
{
	uint64_t extra = extra_ranges(ranges), size = node_size(sizeof(h->report));

	if (extra)
		size += node_size(extra * sizeof(struct boot_e820_entry));
	for (uint32_t i = 0; i < h->setup_datas; i++)
		size += node_size(h->setup_data[i].size);
	return size;
}

/* Put a node of this type at *at, before the others; the caller fills in the data. */
static void *add_node(struct boot_params *bp, uint64_t *at, uint32_t type, uint64_t len)
{
	struct setup_data *node = memory_at(*at);

	*node = (struct setup_data){ bp->hdr.setup_data, type, (uint32_t)len };
	bp->hdr.setup_data = *at;
	*at += node_size(len);
	return node + 1;
}

static void write_map(const struct handoff *h, struct boot_params *bp, uint64_t *at)
{
	uint64_t extra = extra_ranges(map_ranges(&h->map));
	struct boot_e820_entry *more = NULL;
	struct range r;
	uint32_t n = 0;

	if (extra)
		more = add_node(bp, at, SETUP_E820_EXT, extra * sizeof(*more));
	for (uint32_t i = 0; map_next(&h->map, &i, &r); n++) {
		struct boot_e820_entry e = { r.base, r.end - r.base, r.type };

		if (n < E820_MAX_ENTRIES_ZEROPAGE)
			bp->e820_table[n] = e;
		else
			more[n - E820_MAX_ENTRIES_ZEROPAGE] = e;
	}
	bp->e820_entries = (uint8_t)(n - extra);
}

static void write_nodes(const struct handoff *h, struct boot_params *bp, uint64_t at)
{
	size_t report = strlen(h->report);

	for (uint32_t i = h->setup_datas; i-- > 0;) {
		struct span s = span_at(h->setup_data[i].base, h->setup_data[i].size);
		size_t len = s.len - sizeof(struct setup_data);

		memcpy(add_node(bp, &at, RD32(s, 0, struct setup_data, type), len),
		       s.p + sizeof(struct setup_data), len);
	}
	if (report)
		memcpy(add_node(bp, &at, SETUP_LINTEL, report), h->report, report);
	write_map(h, bp, &at);
}

/* A bzImage keeps its own header; for an ELF kernel one is made. */
static void write_header(struct boot_params *bp, const struct handoff *h, const struct kernel *k)
{
	uint8_t *to = (uint8_t *)bp + BP(hdr);
	size_t n = k->header.len < HDR_MAX ? k->header.len : HDR_MAX;

	memset(to, 0, HDR_MAX);
	if (n) {
		memcpy(to, k->header.p, n);
	} else {
		bp->hdr.boot_flag = LINUX_BOOT_FLAG;
		bp->hdr.header = LINUX_HDRS;
		bp->hdr.version = k->version;
		bp->hdr.loadflags = LOADED_HIGH;
		bp->hdr.xloadflags = k->bits == 64 ? XLF_KERNEL_64 : 0;
		bp->hdr.cmdline_size = k->cmdline_size;
	}
	bp->hdr.type_of_loader = 0xff;
	bp->hdr.vid_mode = h->bp.hdr.vid_mode;
	if (k->version >= 0x207) {
		bp->hdr.hardware_subarch = h->bp.hdr.hardware_subarch;
		bp->hdr.hardware_subarch_data = h->bp.hdr.hardware_subarch_data;
	}
}

static void write_cmdline(struct boot_params *bp, const struct handoff *h, const struct kernel *k,
			  const struct linux_place *at)
{
	memcpy(memory_at(at->cmdline), h->cmdline, strlen(h->cmdline) + 1);
	bp->ext_cmd_line_ptr = 0;
	if (k->version >= 0x202) {
		bp->hdr.cmd_line_ptr = (uint32_t)at->cmdline;
		return;
	}
	/* Before 2.02 the zero page begins with the line's offset from the page. */
	uint16_t old[2] = { LINUX_OLD_CMDLINE, (uint16_t)(at->cmdline - at->boot_params) };

	memcpy((uint8_t *)bp + CL_MAGIC_OFFSET, old, sizeof(old));
}

/* For kernels and programs that use these sizes instead of the map. */
static void write_sizes(struct boot_params *bp, const struct map *m)
{
	uint64_t kib = 0;
	struct range r;

	for (uint32_t i = 0; map_next(m, &i, &r);)
		if (r.type == MAP_RAM && r.base <= MIB && r.end > MIB)
			kib = (r.end - MIB) >> 10;
	bp->alt_mem_k = kib < UINT32_MAX ? (uint32_t)kib : UINT32_MAX;
	bp->screen_info.ext_mem_k = kib < 0xfc00 ? (uint16_t)kib : 0xfc00;
}

void linux_write(const struct handoff *h, const struct kernel *k, const struct linux_place *at)
{
	struct boot_params *bp = memory_at(at->boot_params);

	*bp = h->bp;
	bp->sentinel = 0;
	bp->acpi_rsdp_addr = h->rsdp;
	write_header(bp, h, k);
	bp->hdr.code32_start = (uint32_t)at->load;
	bp->hdr.ramdisk_image = (uint32_t)at->initrd;
	bp->hdr.ramdisk_size = (uint32_t)at->initrd_size;
	bp->ext_ramdisk_image = (uint32_t)(at->initrd >> 32);
	bp->ext_ramdisk_size = (uint32_t)(at->initrd_size >> 32);
	write_sizes(bp, &h->map);
	write_cmdline(bp, h, k, at);
	bp->hdr.setup_data = 0;
	memset(bp->e820_table, 0, sizeof(bp->e820_table));
	write_nodes(h, bp, at->setup_data);
}
