// SPDX-License-Identifier: BSD-2-Clause
/*
 * The functions by which a reader fills the handoff, and the canonical text.  Called by the
 * readers and by the probe kernel.  Pure C for any world; may touch only the handoff.
 */
#include "protocol/handoff.h"

#include <stdarg.h>

#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/say.h"

void handoff_init(struct handoff *h, const char *door)
{
	memset(h, 0, sizeof(*h));
	format(h->door, sizeof(h->door), "%s", door);
}

void handoff_range(struct handoff *h, uint64_t base, uint64_t size, uint32_t type)
{
	if (size > UINT64_MAX - base)
		die(E_TAG, "memory range at %" X64 " wraps: size %" X64, base, size);
	/* No protocol defines type 0, so it is reserved, as Multiboot says of unknown types. */
	map_add(&h->map, base, base + size, type == MAP_HOLE ? MAP_RESERVED : type);
}

void handoff_e820(struct handoff *h, struct span table)
{
	for (uint64_t off = 0; off < table.len; off += sizeof(struct boot_e820_entry))
		handoff_range(h, RD64(table, off, struct boot_e820_entry, addr),
			      RD64(table, off, struct boot_e820_entry, size),
			      RD32(table, off, struct boot_e820_entry, type));
}

void handoff_memory(struct handoff *h, uint64_t lower_kib, uint64_t upper_kib)
{
	handoff_report(h, "repaired", "map");
	handoff_range(h, 0, lower_kib * KIB, MAP_RAM);
	handoff_range(h, MIB, upper_kib * KIB, MAP_RAM);
}

void handoff_check_map(const struct handoff *h)
{
	if (!map_top(&h->map))
		die(E_NO_MAP, "the boot loader told no memory: %u ranges, none is RAM", h->map.n);
}

void handoff_initrd(struct handoff *h, struct blob initrd)
{
	if (!initrd.size)
		return;
	if (h->initrds == INITRDS_MAX)
		die(E_MODULES, "more than %u initrds", INITRDS_MAX);
	map_use(&h->map, initrd.base, initrd.base + initrd.size);
	h->initrd[h->initrds++] = initrd;
}

void handoff_keep(struct handoff *h, uint64_t base, uint64_t size)
{
	if (h->keeps == KEEP_MAX)
		die(E_BLOCK, "more than %u areas that must stay", KEEP_MAX);
	h->keep[h->keeps++] = (struct blob){ base, size };
	map_use(&h->map, base, base + size);
}

static void use(struct handoff *h, struct blob b)
{
	map_use(&h->map, b.base, b.base + b.size);
}

void handoff_mark_lasting(struct handoff *h)
{
	const struct efi_info *efi = &h->bp.efi_info;
	uint64_t at = words64(efi->efi_memmap, efi->efi_memmap_hi);

	use(h, h->block);
	for (uint32_t i = 0; i < h->keeps; i++)
		use(h, h->keep[i]);
	/* The kernel reads it where it lies. */
	if (efi->efi_loader_signature)
		use(h, (struct blob){ at, efi->efi_memmap_size });
}

void handoff_mark(struct handoff *h)
{
	handoff_mark_lasting(h);
	use(h, h->kernel);
	for (uint32_t i = 0; i < h->initrds; i++)
		use(h, h->initrd[i]);
	for (uint32_t i = 0; i < h->setup_datas; i++)
		use(h, h->setup_data[i]);
}

void handoff_cmdline(struct handoff *h, struct span s)
{
	size_t have = strlen(h->cmdline), add = span_text(s).len;
	size_t space = have != 0;

	if (!add)
		return;
	if (add > CMDLINE_MAX || have + space + add > CMDLINE_MAX)
		die(E_CMDLINE, "command line has %" U64 " bytes, at most %u fit",
		    (uint64_t)(have + space + add), CMDLINE_MAX);
	if (space)
		h->cmdline[have] = ' ';
	memcpy(h->cmdline + have + space, s.p, add);
	h->cmdline[have + space + add] = '\0';
}

void handoff_loader(struct handoff *h, struct span s)
{
	size_t n = span_text(s).len;

	if (!n)
		return;
	if (n > sizeof(h->loader) - 1)
		n = sizeof(h->loader) - 1;
	memcpy(h->loader, s.p, n);
	h->loader[n] = '\0';
}

void handoff_report(struct handoff *h, const char *key, const char *fmt, ...)
{
	size_t have = strlen(h->report), size = sizeof(h->report) - have, len;
	va_list ap;

	len = format(h->report + have, size, "%s=", key);
	if (len < size) {
		va_start(ap, fmt);
		len += vformat(h->report + have + len, size - len, fmt, ap);
		va_end(ap);
	}
	if (len + 1 < size) {
		h->report[have + len] = '\n';
		h->report[have + len + 1] = '\0';
	} else {
		h->report[have] = '\0';
	}
}

static void print_blob(const char *key, struct blob b)
{
	say("%s %" X64 "-%" X64 "\n", key, b.base, b.base + b.size);
}

void handoff_print(const struct handoff *h)
{
	const struct screen_info *si = &h->bp.screen_info;
	const struct efi_info *efi = &h->bp.efi_info;
	struct range r;

	say("door %s\nloader %s\ncmdline %s\n", h->door, h->loader, h->cmdline);
	if (h->kernel.size)
		print_blob("kernel", h->kernel);
	for (uint32_t i = 0; i < h->initrds; i++)
		print_blob("initrd", h->initrd[i]);
	for (uint32_t i = 0; i < h->keeps; i++)
		print_blob("keep", h->keep[i]);
	for (uint32_t i = 0; i < h->setup_datas; i++)
		print_blob("setup_data", h->setup_data[i]);
	say("ram %" U64 " KiB\n", map_total(&h->map, MAP_RAM) / KIB);
	for (uint32_t i = 0; map_next(&h->map, &i, &r);)
		say("map %012" X64 "-%012" X64 " %u\n", r.base, r.end, r.type);
	say("rsdp %" X64 "\n", h->rsdp);
	say("subarch %u %" X64 "\n", h->bp.hdr.hardware_subarch, h->bp.hdr.hardware_subarch_data);
	say("screen %02x mode %u text %ux%u pixels %ux%ux%u at %x\n", si->orig_video_isVGA,
	    si->orig_video_mode, si->orig_video_cols, si->orig_video_lines, si->lfb_width,
	    si->lfb_height, si->lfb_depth, si->lfb_base);
	say("efi %08x systab %x%08x\n", efi->efi_loader_signature, efi->efi_systab_hi,
	    efi->efi_systab);
}
