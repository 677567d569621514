// SPDX-License-Identifier: BSD-2-Clause
/*
 * The Multiboot 2 reader.  Called by the multiboot2 door with the value of ebx.
 * Pure C for any world; may touch the handoff and reads the loader's memory.
 */
#include <lintel/multiboot2.h>

#include "protocol/acpi.h"
#include "protocol/handoff.h"
#include "protocol/number.h"
#include "protocol/readers.h"
#include "protocol/say.h"

/* No loader makes a longer block, so a larger size is damage. */
#define INFO_MAX 0x1000000

/* The fixed part of each tag that is read; a shorter tag is damage. */
static uint64_t tag_min(uint32_t type)
{
	switch (type) {
	case MB2_MODULE:
		return sizeof(struct mb2_module);
	case MB2_MEMORY:
		return sizeof(struct mb2_memory);
	case MB2_MMAP:
		return sizeof(struct mb2_mmap);
	case MB2_FRAMEBUFFER:
		return offsetof(struct mb2_framebuffer, reserved);
	case MB2_EFI64:
	case MB2_EFI64_IMAGE:
		return sizeof(struct mb2_pointer);
	case MB2_EFI_MMAP:
		return sizeof(struct mb2_efi_mmap);
	default:
		return sizeof(struct mb2_tag);
	}
}

/* The tag at *off, bounded by its own size; *off moves to the next one. */
static struct span next_tag(struct span info, uint64_t *off)
{
	uint64_t size = RD32(info, *off, struct mb2_tag, size);
	struct span tag;

	if (!span_has(info, *off, sizeof(struct mb2_tag)))
		die(E_BLOCK, "multiboot2 tags have no end tag in %u bytes", (uint32_t)info.len);
	if (size < tag_min(RD32(info, *off, struct mb2_tag, type)) || !span_has(info, *off, size))
		die(E_TAG, "multiboot2 tag %u at +%" X64 " has size %" X64,
		    RD32(info, *off, struct mb2_tag, type), *off, size);
	tag = span_sub(info, *off, size);
	*off += align_up(size, 8);
	return tag;
}

static void read_mmap(struct span tag, struct handoff *h)
{
	uint64_t size = RD32(tag, 0, struct mb2_mmap, entry_size);

	if (size < sizeof(struct mb2_mmap_entry))
		die(E_TAG, "multiboot2 mmap has entries of %" U64 " bytes", size);
	for (uint64_t off = sizeof(struct mb2_mmap); off < tag.len; off += size) {
		if (!span_has(tag, off, sizeof(struct mb2_mmap_entry)))
			die(E_TAG, "multiboot2 mmap entry at +%" X64 " is cut off", off);
		handoff_range(h, RD64(tag, off, struct mb2_mmap_entry, base_addr),
			      RD64(tag, off, struct mb2_mmap_entry, length),
			      RD32(tag, off, struct mb2_mmap_entry, type));
	}
}

static void read_module(struct span tag, struct handoff *h)
{
	uint32_t start = RD32(tag, 0, struct mb2_module, mod_start);
	uint32_t end = RD32(tag, 0, struct mb2_module, mod_end);

	if (end < start)
		die(E_MODULE, "module at %x ends before it starts, at %x", start, end);
	handoff_module(h, start, end - start,
		       handoff_words(h, span_from(tag, sizeof(struct mb2_module))));
}

static void read_framebuffer(struct span tag, struct handoff *h)
{
	struct framebuffer f = {
		.addr = RD64(tag, 0, struct mb2_framebuffer, framebuffer_addr),
		.pitch = RD32(tag, 0, struct mb2_framebuffer, framebuffer_pitch),
		.width = RD32(tag, 0, struct mb2_framebuffer, framebuffer_width),
		.height = RD32(tag, 0, struct mb2_framebuffer, framebuffer_height),
		.bpp = RD8(tag, 0, struct mb2_framebuffer, framebuffer_bpp),
		.type = RD8(tag, 0, struct mb2_framebuffer, framebuffer_type),
	};

	for (uint32_t i = 0; i < sizeof(f.mask) && f.type == 1; i++)
		f.mask[i] = rd8(tag, offsetof(struct mb2_framebuffer, color_info) + i);
	handoff_framebuffer(h, f);
}

static void read_map(struct span tag, struct handoff *h)
{
	if (RD32(tag, 0, struct mb2_tag, type) == MB2_MMAP)
		read_mmap(tag, h);
}

static void read_memory(struct span tag, struct handoff *h)
{
	if (RD32(tag, 0, struct mb2_tag, type) == MB2_MEMORY)
		handoff_memory(h, RD32(tag, 0, struct mb2_memory, mem_lower),
			       RD32(tag, 0, struct mb2_memory, mem_upper));
}

/* Read first: the loader's name decides whether lines begin with a file's name. */
static void read_loader(struct span tag, struct handoff *h)
{
	if (RD32(tag, 0, struct mb2_tag, type) == MB2_LOADER)
		handoff_loader(h, span_from(tag, sizeof(struct mb2_tag)));
}

static void read_rest(struct span tag, struct handoff *h)
{
	struct span text = span_from(tag, sizeof(struct mb2_tag));

	switch (RD32(tag, 0, struct mb2_tag, type)) {
	case MB2_CMDLINE:
		handoff_cmdline(h, handoff_words(h, text));
		break;
	case MB2_MODULE:
		read_module(tag, h);
		break;
	case MB2_FRAMEBUFFER:
		read_framebuffer(tag, h);
		break;
	case MB2_ACPI_OLD:
	case MB2_ACPI_NEW:
		acpi_note_rsdp(h, text);
		break;
	}
}

/* Modules are checked against the complete map, but tags come in any order: walk them once
 * for each purpose. */
static void each_tag(struct span info, struct handoff *h,
		     void (*read)(struct span tag, struct handoff *h))
{
	uint64_t off = sizeof(struct mb2_info);
	struct span tag;

	do {
		tag = next_tag(info, &off);
		read(tag, h);
	} while (RD32(tag, 0, struct mb2_tag, type) != MB2_END);
}

static struct span info_at(uint64_t base)
{
	struct span head = span_at(base, sizeof(struct mb2_info)), info;
	uint32_t size = RD32(head, 0, struct mb2_info, total_size);

	if (size < sizeof(struct mb2_info) + sizeof(struct mb2_tag) || size > INFO_MAX)
		die(E_BLOCK, "multiboot2 information at %" X64 " has %u bytes", base, size);
	info = span_at(base, size);
	if (info.len != size)
		die(E_BLOCK, "multiboot2 information at %" X64 " has %u bytes, %" U64 " exist",
		    base, size, (uint64_t)info.len);
	return info;
}

/* EFI without boot services: the kernel reads the map where it lies, for runtime services. */
static void read_efi(struct span info, uint64_t base, struct handoff *h)
{
	uint64_t off = sizeof(struct mb2_info), at, systab = 0;
	struct efi_info efi = { 0 };
	struct span tag;

	do {
		at = base + off;
		tag = next_tag(info, &off);
		if (RD32(tag, 0, struct mb2_tag, type) == MB2_EFI32)
			h->may_be_uefi = true;
		if (RD32(tag, 0, struct mb2_tag, type) == MB2_EFI64)
			systab = RD64(tag, 0, struct mb2_pointer, pointer);
		if (RD32(tag, 0, struct mb2_tag, type) == MB2_EFI_MMAP)
			efi = (struct efi_info){
				.efi_memmap = (uint32_t)(at + sizeof(struct mb2_efi_mmap)),
				.efi_memmap_size =
					(uint32_t)(tag.len - sizeof(struct mb2_efi_mmap)),
				.efi_memdesc_size = RD32(tag, 0, struct mb2_efi_mmap,
							 descriptor_size),
				.efi_memdesc_version = RD32(tag, 0, struct mb2_efi_mmap,
							    descriptor_version),
			};
	} while (RD32(tag, 0, struct mb2_tag, type) != MB2_END);
	h->may_be_uefi |= systab || efi.efi_memmap;
	if (!systab || !efi.efi_memmap)
		return;
	efi.efi_loader_signature = EFI_LOADER_SIGNATURE_64;
	efi.efi_systab = (uint32_t)systab;
	efi.efi_systab_hi = (uint32_t)(systab >> 32);
	h->bp.efi_info = efi;
	map_use(&h->map, efi.efi_memmap, (uint64_t)efi.efi_memmap + efi.efi_memmap_size);
}

void mb2_read(uint64_t base, struct handoff *h)
{
	struct span info = info_at(base);

	each_tag(info, h, read_map);
	if (!h->map.n)
		each_tag(info, h, read_memory); /* second best, since it ends at the first hole */
	handoff_check_map(h);
	handoff_text_screen(h);
	read_efi(info, base, h);
	each_tag(info, h, read_loader);
	each_tag(info, h, read_rest);
}

struct mb2_efi mb2_efi(uint64_t base)
{
	struct span info = info_at(base), tag;
	struct mb2_efi efi = { 0 };
	uint64_t off = sizeof(struct mb2_info);

	do {
		tag = next_tag(info, &off);
		if (RD32(tag, 0, struct mb2_tag, type) == MB2_EFI64)
			efi.system_table = RD64(tag, 0, struct mb2_pointer, pointer);
		if (RD32(tag, 0, struct mb2_tag, type) == MB2_EFI64_IMAGE)
			efi.image = RD64(tag, 0, struct mb2_pointer, pointer);
	} while (RD32(tag, 0, struct mb2_tag, type) != MB2_END);
	if (!efi.system_table || !efi.image)
		die(E_BLOCK,
		    "multiboot2 EFI entry without system table (%" X64 ") or image handle (%" X64
		    ")",
		    efi.system_table, efi.image);
	return efi;
}
