// SPDX-License-Identifier: BSD-2-Clause
/*
 * The Multiboot 1 reader.  Called by the multiboot1 door with the value of ebx.
 * Pure C for any world; may touch the handoff and reads the loader's memory.
 */
#include <lintel/multiboot1.h>

#include "protocol/handoff.h"
#include "protocol/lib.h"
#include "protocol/readers.h"
#include "protocol/say.h"

/* No loader makes a longer table, so a larger size is damage. */
#define TABLE_MAX 0x100000

static struct span table_at(uint32_t base, uint32_t size, const char *what)
{
	struct span s = span_at(base, size);

	if (size > TABLE_MAX || (uint64_t)base + size > UINT32_MAX || s.len != size)
		die(E_BLOCK, "multiboot1 %s at %x has %u bytes", what, base, size);
	return s;
}

/* A string has no length, so its end is looked for as far as a name and a command line can
 * reach. */
static struct span string_at(uint32_t base)
{
	if (!base)
		return (struct span){ 0 };
	return span_at(base, LOADER_LINE_MAX + 1);
}

static void read_mmap(struct span info, struct handoff *h)
{
	struct span mmap = table_at(RD32(info, 0, struct multiboot_info, mmap_addr),
				    RD32(info, 0, struct multiboot_info, mmap_length), "mmap");
	uint64_t off = 0;

	while (off < mmap.len) {
		/* An entry's size does not count the size field itself. */
		uint64_t size = 4 + (uint64_t)RD32(mmap, off, struct multiboot_mmap, size);

		if (size < sizeof(struct multiboot_mmap) || !span_has(mmap, off, size))
			die(E_TAG, "multiboot1 mmap entry at +%" X64 " has size %" X64 ", table %x",
			    off, size - 4, (uint32_t)mmap.len);
		handoff_range(h, RD64(mmap, off, struct multiboot_mmap, base_addr),
			      RD64(mmap, off, struct multiboot_mmap, length),
			      RD32(mmap, off, struct multiboot_mmap, type));
		off += size;
	}
}

static void read_modules(struct span info, struct handoff *h)
{
	uint32_t count = RD32(info, 0, struct multiboot_info, mods_count);
	struct span mods;

	if (count > TABLE_MAX / sizeof(struct multiboot_module))
		die(E_BLOCK, "multiboot1 has %u modules", count);
	mods = table_at(RD32(info, 0, struct multiboot_info, mods_addr),
			count * (uint32_t)sizeof(struct multiboot_module), "module table");
	for (uint64_t off = 0; off < mods.len; off += sizeof(struct multiboot_module)) {
		uint32_t start = RD32(mods, off, struct multiboot_module, mod_start);
		uint32_t end = RD32(mods, off, struct multiboot_module, mod_end);
		struct span s = string_at(RD32(mods, off, struct multiboot_module, string));

		if (end < start)
			die(E_MODULE, "module at %x ends before it starts, at %x", start, end);
		handoff_module(h, start, end - start, handoff_words(h, s));
	}
}

static void read_framebuffer(struct span info, struct handoff *h)
{
	struct framebuffer f = {
		.addr = RD64(info, 0, struct multiboot_info, framebuffer_addr),
		.pitch = RD32(info, 0, struct multiboot_info, framebuffer_pitch),
		.width = RD32(info, 0, struct multiboot_info, framebuffer_width),
		.height = RD32(info, 0, struct multiboot_info, framebuffer_height),
		.bpp = RD8(info, 0, struct multiboot_info, framebuffer_bpp),
		.type = RD8(info, 0, struct multiboot_info, framebuffer_type),
	};

	uint64_t at = offsetof(struct multiboot_info, color_info);

	/* Red never has 0 bits; if it seems to, the fields are where GRUB puts them. */
	if (!rd8(info, at + 1))
		at += 2;
	for (uint32_t i = 0; i < sizeof(f.mask) && f.type == 1; i++)
		f.mask[i] = rd8(info, at + i);
	handoff_framebuffer(h, f);
}

void mb1_read(uint64_t base, struct handoff *h)
{
	struct span info = span_at(base, sizeof(struct multiboot_info));
	uint32_t flags = RD32(info, 0, struct multiboot_info, flags);

	/* GRUB may run on UEFI and starts us the same way; the protocol cannot say so. */
	h->may_be_uefi = true;
	if (info.len < offsetof(struct multiboot_info, grub_color_info))
		die(E_BLOCK, "multiboot1 information at %" X64 " cannot be read", base);
	if (flags & MB1_INFO_MMAP)
		read_mmap(info, h);
	else if (flags & MB1_INFO_MEMORY)
		handoff_memory(h, RD32(info, 0, struct multiboot_info, mem_lower),
			       RD32(info, 0, struct multiboot_info, mem_upper));
	handoff_check_map(h);
	if (flags & MB1_INFO_LOADER)
		handoff_loader(h,
			       string_at(RD32(info, 0, struct multiboot_info, boot_loader_name)));
	if (flags & MB1_INFO_CMDLINE)
		handoff_cmdline(h, handoff_words(h, string_at(RD32(info, 0, struct multiboot_info,
								   cmdline))));
	if (flags & MB1_INFO_MODS)
		read_modules(info, h);
	if (flags & MB1_INFO_FRAMEBUFFER)
		read_framebuffer(info, h);
	else
		handoff_text_screen(h);
}
