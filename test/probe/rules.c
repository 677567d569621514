// SPDX-License-Identifier: BSD-2-Clause
/*
 * Each rule of protocol/ENTRY.md that a kernel can see: one function, one line in the
 * table at the end.  Called by the probe kernel when it has read the block.  64-bit, ring 0
 * or ring 3 of Xen PV; reads, and fills free memory once.
 */
#include "test/probe/rules.h"

#include <lintel/xen_guest.h>

#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/say.h"
#include "shim/face/layout.h"
#include "shim/memory.h"
#include "shim/pc/instructions.h"
#include "test/probe/entry.h"
#include "test/probe/parts.h"

#define CR0_PE 1ull
#define CR0_PG 0x80000000ull
#define CR4_PAE 0x20ull
#define CR4_LA57 0x1000ull
#define EFER_LMA 0x400ull
#define FLAG_DIRECTION 0x400ull
#define FLAGS_OFF 0x24700ull /* VM, NT, DF, IF, TF */
#define DESCRIPTOR_BITS 0x00cf9b000000ffffull
#define DESCRIPTOR_LONG 0x00af9b000000ffffull
#define DESCRIPTOR_DATA 0x00cf93000000ffffull
#define DESCRIPTOR_ACCESSED (1ull << 40)
#define BOOT_CS 0x10
#define BOOT_DS 0x18
#define CPUID_EXTENSIONS 7
#define CPUID_LA57 16
#define DATA_MARK 0x6c65746e696c2d52ull
#define FILL 0xa5

extern const char image_base[], image_end[];

static struct boot_params bp;
static struct parts parts;
static const struct handoff *h;
static uint64_t page_address;
static bool overwritten;

/* Neither is touched before R2 looks at them. */
static volatile uint64_t zero[512], mark[2] = { DATA_MARK, ~DATA_MARK };
static bool program_ok;

/* The verdict on one rule, and the value that it rests on. */
static char value[80];
static enum { NONE, OK, FAIL } verdict;

static void __attribute__((format(printf, 2, 3))) judge(bool ok, const char *fmt, ...)
{
	va_list ap;

	if (verdict == FAIL)
		return;
	verdict = ok ? OK : FAIL;
	va_start(ap, fmt);
	vformat(value, sizeof(value), fmt, ap);
	va_end(ap);
}

static bool native(void)
{
	return entry.bits && !(entry.selector[CS] & 3);
}

static bool xen_pv(void)
{
	return entry.bits && entry.selector[CS] & 3;
}

static bool is_bzimage(void)
{
	return bp.hdr.setup_sects;
}

void rules_begin(void)
{
	program_ok = mark[0] == DATA_MARK && mark[1] == ~DATA_MARK;
	for (uint32_t i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
		program_ok &= !zero[i];
}

/* ---- memory that is free at once ---- */

static void use_table(uint64_t page, void *map)
{
	map_use(map, page, page + PAGE);
}

static void use_parts(struct map *m)
{
	uint64_t base = memory_address(image_base), end = memory_address(image_end);

	for (uint32_t i = 0; i < parts.n; i++)
		map_use(m, parts.part[i].base, parts.part[i].base + parts.part[i].size);
	map_use(m, base, end);
	tables_each(use_table, m);
}

void rules_overwrite(uint64_t page, struct handoff *handoff)
{
	uint64_t left = GIB;

	if (xen_pv())
		return;
	memcpy(&bp, memory_at(page), sizeof(bp));
	parts_find(&parts, page, &bp);
	use_parts(&handoff->map);
	for (uint32_t i = 0; i < handoff->map.n && left; i++) {
		struct range r = handoff->map.r[i];
		uint64_t n = r.end - r.base < left ? r.end - r.base : left;

		if (r.type != MAP_RAM || r.used)
			continue;
		memset(memory_at(r.base), FILL, n);
		left -= n;
	}
	overwritten = true;
}

/* ---- how it is entered ---- */

static void rule_segments(void)
{
	if (!is_bzimage())
		judge(program_ok, "data %s, the rest zero",
		      program_ok ? "as in the file" : "other");
}

static void rule_width(void)
{
	bool la57 = cpuid(CPUID_EXTENSIONS).ecx >> CPUID_LA57 & 1;
	uint32_t wanted = bp.hdr.xloadflags & XLF_KERNEL_64 ? 64 : 32;

	if (entry.bits)
		judge(entry.bits == wanted || (la57 && is_bzimage()), "%u bits, asked for %u",
		      entry.bits, wanted);
}

static void rule_mode(void)
{
	if (!native())
		return;
	if (entry.bits == 64)
		judge(entry.cr0 & CR0_PG && entry.cr4 & CR4_PAE && entry.efer & EFER_LMA,
		      "cr0 %" X64 " cr4 %" X64 " efer %" X64, entry.cr0, entry.cr4, entry.efer);
	else
		judge(entry.cr0 & CR0_PE && !(entry.cr0 & CR0_PG) && !(entry.efer & EFER_LMA),
		      "cr0 %" X64 " cr4 %" X64 " efer %" X64, entry.cr0, entry.cr4, entry.efer);
}

static void rule_flags(void)
{
	if (native())
		judge(!(entry.rflags & FLAGS_OFF), "%" X64, entry.rflags);
	else if (entry.bits)
		judge(!(entry.rflags & FLAG_DIRECTION), "%" X64, entry.rflags);
}

static void rule_selectors(void)
{
	bool ok = entry.selector[CS] == BOOT_CS;

	for (uint32_t i = DS; i <= SS; i++)
		ok &= entry.selector[i] == BOOT_DS;
	if (native())
		judge(ok, "cs %x ds %x es %x fs %x gs %x ss %x", entry.selector[CS],
		      entry.selector[DS], entry.selector[ES], entry.selector[FS],
		      entry.selector[GS], entry.selector[SS]);
}

static void rule_gdt(void)
{
	struct span gdt;
	uint64_t code, data;

	if (!native())
		return;
	gdt = span_at(entry.gdtr.base, (uint64_t)entry.gdtr.limit + 1);
	code = rd64(gdt, BOOT_CS) | DESCRIPTOR_ACCESSED;
	data = rd64(gdt, BOOT_DS) | DESCRIPTOR_ACCESSED;
	judge(code == (entry.bits == 64 ? DESCRIPTOR_LONG : DESCRIPTOR_BITS) &&
		      data == DESCRIPTOR_DATA,
	      "limit %x code %" X64 " data %" X64, entry.gdtr.limit, code, data);
}

static void rule_idt(void)
{
	if (native())
		judge(!entry.idtr.limit, "limit %x", entry.idtr.limit);
}

static void rule_argument(void)
{
	uint64_t seen_at = xen_pv() ? XEN_VIRT_BASE : 0;

	if (entry.bits)
		judge(entry.rsi == page_address + seen_at && !(entry.rsi & (PAGE - 1)), "%" X64,
		      entry.rsi);
}

static void rule_zero_registers(void)
{
	if (entry.bits)
		judge(!entry.rbx && !entry.rbp && !entry.rdi, "rbx %" X64 " rbp %" X64 " rdi %" X64,
		      entry.rbx, entry.rbp, entry.rdi);
}

static void rule_identity(void)
{
	struct range r;

	if (!native() || entry.bits != 64)
		return;
	for (uint32_t i = 0; map_next(&h->map, &i, &r);) {
		uint64_t to = r.type == MAP_RAM ? tables_identity(r.base, r.end) : r.end;

		if (to != r.end)
			judge(false, "not at %" X64, to);
	}
	judge(true, "all RAM");
}

static void rule_stack(void)
{
	uint64_t seen_at = xen_pv() ? XEN_VIRT_BASE : 0, top = entry.rsp - seen_at;

	if (entry.bits)
		judge(!(top & 15) && top >= PAGE && map_is_ram(&h->map, top - PAGE, top), "%" X64,
		      entry.rsp);
}

/* ---- the block ---- */

static void rule_magic(void)
{
	judge(!bp.sentinel && bp.hdr.header == LINUX_HDRS && bp.hdr.boot_flag == LINUX_BOOT_FLAG &&
		      bp.hdr.version >= 0x20f,
	      "sentinel %x boot_flag %x version %x", bp.sentinel, bp.hdr.boot_flag, bp.hdr.version);
}

/* Of a bzImage it is the file's, of an ELF file one that says what is so. */
static void rule_header(void)
{
	if (is_bzimage())
		judge(bp.hdr.setup_sects == PM_OFFSET / LINUX_SECTOR - 1 &&
			      bp.hdr.pref_address == MIB && bp.hdr.kernel_alignment == MIB &&
			      bp.hdr.init_size,
		      "of the file, init_size %x", bp.hdr.init_size);
	else
		judge(bp.hdr.loadflags & LOADED_HIGH && bp.hdr.cmdline_size,
		      "of an ELF file, loadflags %x", bp.hdr.loadflags);
}

static void rule_loader(void)
{
	judge(bp.hdr.type_of_loader, "%x", bp.hdr.type_of_loader);
}

static void rule_load_address(void)
{
	uint64_t base = memory_address(image_base);

	if (is_bzimage())
		judge(bp.hdr.code32_start == base + PM_OFFSET, "%x", bp.hdr.code32_start);
	else /* whose headers the linker leaves out */
		judge(bp.hdr.code32_start - base < PAGE, "%x", bp.hdr.code32_start);
}

static void rule_block_in_ram(void)
{
	for (uint32_t i = 0; i < parts.n; i++) {
		const struct part *p = &parts.part[i];
		uint64_t end = p->base + p->size;

		if (p->block && (!map_is_ram(&h->map, p->base, end) || end > FOUR_GIB))
			judge(false, "%s at %" X64 "-%" X64, p->name, p->base, end);
	}
	judge(!parts.lost, "%u parts", parts.n);
}

static void check_table(uint64_t page, void *none)
{
	(void)none;
	for (uint32_t i = 0; i < parts.n; i++)
		if (page + PAGE > parts.part[i].base &&
		    page < parts.part[i].base + parts.part[i].size)
			judge(false, "page table %" X64 " and %s", page, parts.part[i].name);
}

static void rule_block_apart(void)
{
	for (uint32_t i = 0; i < parts.n; i++)
		for (uint32_t j = 0; j < i; j++) {
			const struct part *a = &parts.part[i], *b = &parts.part[j];

			if (a->base < b->base + b->size && b->base < a->base + a->size)
				judge(false, "%s and %s at %" X64, a->name, b->name, a->base);
		}
	tables_each(check_table, NULL);
	judge(true, "%u parts", parts.n);
}

static bool is_zero(const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (((const uint8_t *)p)[i])
			return false;
	return true;
}

static void rule_reserved(void)
{
	judge(is_zero(bp.pad2, sizeof(bp.pad2)) && is_zero(bp.pad3, sizeof(bp.pad3)) &&
		      is_zero(bp.pad4, sizeof(bp.pad4)) && is_zero(bp.pad5, sizeof(bp.pad5)) &&
		      is_zero(bp.pad6, sizeof(bp.pad6)) && is_zero(bp.pad7, sizeof(bp.pad7)) &&
		      is_zero(bp.pad8, sizeof(bp.pad8)) && is_zero(bp.pad9, sizeof(bp.pad9)),
	      "zero");
}

/* The proof is that everything else still holds. */
static void rule_free(void)
{
	if (overwritten)
		judge(true, "overwritten before all this was read");
}

/* ---- memory map ---- */

static void rule_map_sorted(void)
{
	uint64_t at = 0;

	for (uint32_t i = 0; i < bp.e820_entries; i++) {
		struct boot_e820_entry e = bp.e820_table[i];

		if (!e.size || e.addr < at || e.addr + e.size < e.addr)
			judge(false, "entry %u %" X64 " size %" X64, i, e.addr, e.size);
		at = e.addr + e.size;
	}
	judge(bp.e820_entries, "%u entries", bp.e820_entries);
}

static void rule_map_merged(void)
{
	for (uint32_t i = 1; i < bp.e820_entries; i++) {
		struct boot_e820_entry a = bp.e820_table[i - 1], b = bp.e820_table[i];

		if (a.addr + a.size == b.addr && a.type == b.type)
			judge(false, "entry %u %" X64 " type %u", i, b.addr, b.type);
	}
	judge(true, "%u entries", bp.e820_entries);
}

static uint32_t nodes_of(uint32_t type, struct span *found)
{
	uint64_t at = bp.hdr.setup_data;
	uint32_t n = 0;

	for (uint32_t i = 0; at && i < PARTS_MAX; i++) {
		struct span head = span_at(at, sizeof(struct setup_data));

		if (RD32(head, 0, struct setup_data, type) == type && !n++ && found)
			*found = span_at(at + sizeof(struct setup_data),
					 RD32(head, 0, struct setup_data, len));
		at = RD64(head, 0, struct setup_data, next);
	}
	return n;
}

static void rule_map_more(void)
{
	uint32_t n = nodes_of(SETUP_E820_EXT, NULL);

	judge(bp.e820_entries <= E820_MAX_ENTRIES_ZEROPAGE &&
		      (!n || (n == 1 && bp.e820_entries == E820_MAX_ENTRIES_ZEROPAGE)),
	      "%u entries, %u nodes of more", bp.e820_entries, n);
}

static void rule_sizes(void)
{
	uint64_t kib = 0;
	struct range r;

	for (uint32_t i = 0; map_next(&h->map, &i, &r);)
		if (r.type == MAP_RAM && r.base <= MIB && r.end > MIB)
			kib = (r.end - MIB) >> 10;
	judge(bp.alt_mem_k == (kib < UINT32_MAX ? kib : UINT32_MAX) &&
		      bp.screen_info.ext_mem_k == (kib < 0xfc00 ? kib : 0xfc00),
	      "alt_mem_k %u ext_mem_k %u", bp.alt_mem_k, bp.screen_info.ext_mem_k);
}

/* ---- command line and initrd ---- */

static void rule_cmdline(void)
{
	uint64_t at = words64(bp.hdr.cmd_line_ptr, bp.ext_cmd_line_ptr);
	struct span line = span_at(at, (uint64_t)bp.hdr.cmdline_size + 1);
	size_t n = 0;

	while (n < line.len && line.p[n])
		n++;
	judge(n < line.len, "%u bytes of %u", (uint32_t)n, bp.hdr.cmdline_size);
}

static void rule_initrd(void)
{
	uint64_t at = words64(bp.hdr.ramdisk_image, bp.ext_ramdisk_image);
	uint64_t size = words64(bp.hdr.ramdisk_size, bp.ext_ramdisk_size);

	if (!size)
		judge(!at, "none");
	else
		judge(!(at & 3) && map_is_ram(&h->map, at, at + size), "%" X64 "+%" X64, at, size);
}

static void rule_initrd_max(void)
{
	uint64_t end = words64(bp.hdr.ramdisk_image, bp.ext_ramdisk_image) +
		       words64(bp.hdr.ramdisk_size, bp.ext_ramdisk_size);
	uint32_t max = bp.hdr.initrd_addr_max;

	if (bp.hdr.xloadflags & XLF_CAN_BE_LOADED_ABOVE_4G || !max)
		judge(true, "anywhere");
	else
		judge(!end || end - 1 <= max, "end %" X64 ", highest %x", end, max);
}

/* ---- setup_data ---- */

static void rule_nodes(void)
{
	uint64_t at = bp.hdr.setup_data;
	uint32_t n = 0;

	for (; at && n < PARTS_MAX; n++) {
		if (at & 7)
			judge(false, "node at %" X64, at);
		at = RD64(span_at(at, sizeof(struct setup_data)), 0, struct setup_data, next);
	}
	judge(!at, "%u nodes", n);
}

/* Whether a line of the report begins with "key=". */
static bool reports(struct span report, const char *key)
{
	size_t n = strlen(key);
	bool begins = true;

	for (size_t i = 0; i + n < report.len; i++) {
		if (begins && !memcmp(report.p + i, key, n) && report.p[i + n] == '=')
			return true;
		begins = report.p[i] == '\n';
	}
	return false;
}

static void rule_report(void)
{
	static const char keys[][10] = { "version", "contract", "door",	 "loader",    "kernel",
					 "kind",    "exit",	"moved", "tsc_entry", "tsc_jump" };
	struct span report = { 0 };
	uint32_t n = nodes_of(SETUP_LINTEL, &report);

	for (uint32_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (n && !reports(report, keys[i]))
			judge(false, "no %s", keys[i]);
	judge(n && rd8(report, report.len - 1) == '\n', "%u, %u bytes", n, (uint32_t)report.len);
}

/* ---- tables and screen ---- */

static void rule_rsdp(void)
{
	uint64_t at = bp.acpi_rsdp_addr;
	struct span rsdp = span_at(at, ACPI_RSDP_SIZE);
	uint8_t sum = 0;

	for (size_t i = 0; i < 20 && i < rsdp.len; i++)
		sum = (uint8_t)(sum + rsdp.p[i]);
	if (!at)
		judge(true, "none");
	else
		judge(!memcmp(rsdp.p, RSDP_SIGNATURE, 8) && !sum &&
			      !map_is_ram(&h->map, at, at + 20),
		      "%" X64, at);
}

static void rule_efi(void)
{
	const struct efi_info *e = &bp.efi_info;
	uint32_t sign = e->efi_loader_signature;

	if (!sign)
		judge(is_zero(e, sizeof(*e)), "none");
	else
		judge((sign == EFI_LOADER_SIGNATURE_32 || sign == EFI_LOADER_SIGNATURE_64) &&
			      (e->efi_systab || e->efi_systab_hi) && e->efi_memdesc_size >= 40 &&
			      e->efi_memdesc_version == 1 && e->efi_memmap_size &&
			      !(e->efi_memmap_size % e->efi_memdesc_size),
		      "%x, map of %u descriptors", sign,
		      e->efi_memmap_size / (e->efi_memdesc_size ? e->efi_memdesc_size : 1));
}

static void rule_screen(void)
{
	const struct screen_info *si = &bp.screen_info;
	uint8_t type = si->orig_video_isVGA;

	if (type == VIDEO_TYPE_VLFB || type == VIDEO_TYPE_EFI)
		judge((si->lfb_base || si->ext_lfb_base) && si->lfb_width && si->lfb_height &&
			      si->lfb_depth && si->lfb_linelength,
		      "%x %ux%ux%u", type, si->lfb_width, si->lfb_height, si->lfb_depth);
	else
		judge(!type || (si->orig_video_cols && si->orig_video_lines), "%x %ux%u", type,
		      si->orig_video_cols, si->orig_video_lines);
}

static void rule_secure_boot(void)
{
	judge(bp.secure_boot <= SECURE_BOOT_ENABLED &&
		      (!bp.secure_boot || bp.efi_info.efi_systab || bp.efi_info.efi_systab_hi),
	      "%u", bp.secure_boot);
}

/* ---- environment ---- */

static void rule_subarch(void)
{
	uint32_t id = bp.hdr.hardware_subarch;
	uint64_t data = bp.hdr.hardware_subarch_data;

	if (xen_pv())
		judge(id == SUBARCH_XEN && !memcmp(span_at(data, 8).p, "xen-3.0-", 8), "%u %" X64,
		      id, data);
}

static void rule(uint32_t number, void (*judge_it)(void))
{
	static const char words[][5] = { "-", "ok", "FAIL" };

	verdict = NONE;
	value[0] = '\0';
	judge_it();
	say("R%u %s %s\n", number, words[verdict], value);
}

/* Calls, and no table of functions: the image has no pointers in its data. */
static void rules_of_entry(void)
{
	rule(2, rule_segments);
	rule(4, rule_width);
	rule(10, rule_mode);
	rule(11, rule_flags);
	rule(12, rule_selectors);
	rule(13, rule_gdt);
	rule(14, rule_idt);
	rule(15, rule_argument);
	rule(16, rule_zero_registers);
	rule(17, rule_identity);
	rule(18, rule_stack);
}

static void rules_of_block(void)
{
	rule(20, rule_magic);
	rule(21, rule_header);
	rule(22, rule_loader);
	rule(23, rule_load_address);
	rule(24, rule_block_in_ram);
	rule(25, rule_block_apart);
	rule(26, rule_reserved);
	rule(27, rule_free);
	rule(30, rule_map_sorted);
	rule(31, rule_map_merged);
	rule(32, rule_map_more);
	rule(34, rule_sizes);
	rule(40, rule_cmdline);
	rule(42, rule_initrd);
	rule(43, rule_initrd_max);
	rule(50, rule_nodes);
	rule(51, rule_report);
	rule(60, rule_rsdp);
	rule(62, rule_efi);
	rule(63, rule_screen);
	rule(64, rule_secure_boot);
	rule(70, rule_subarch);
}

void rules_print(uint64_t page, const struct handoff *handoff)
{
	h = handoff;
	page_address = page;
	memcpy(&bp, memory_at(page), sizeof(bp));
	parts_find(&parts, page, &bp);
	rules_of_entry();
	rules_of_block();
}
