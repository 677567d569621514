/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multiboot 2 (Multiboot2 Specification 2.0).  The kernel carries a header of
 * tags in its first 32768 bytes (section 3.1).  The loader enters it (3.3) in
 * 32-bit protected mode, paging and interrupts off, flat segments, A20 on, no
 * stack,
 *   eax = 0x36d76289, ebx = physical address of the boot information (3.6):
 * total_size and reserved, then tags of {type, size}, each 8-byte aligned, the
 * last of type 0.  Everything but the modules lies inside total_size.
 */
#ifndef PROTOCOL_MULTIBOOT2_H
#define PROTOCOL_MULTIBOOT2_H

#include <stdint.h>

#include "at.h"

#define MB2_HEADER_MAGIC 0xe85250d6
#define MB2_SEARCH 32768 /* it begins in these first bytes */
#define MB2_LOADER_MAGIC 0x36d76289

/* Header tags (3.1.3 and on). */
#define MB2_HEADER_END 0
#define MB2_HEADER_ADDRESS 2
#define MB2_HEADER_ENTRY 3
#define MB2_HEADER_MODULE_ALIGN 6
#define MB2_HEADER_RELOCATABLE 10

/* Information tags (3.6). */
enum {
	MB2_END = 0,
	MB2_CMDLINE = 1,
	MB2_LOADER = 2,
	MB2_MODULE = 3,
	MB2_MEMORY = 4,
	MB2_MMAP = 6,
	MB2_FRAMEBUFFER = 8,
	MB2_EFI32 = 11,
	MB2_EFI64 = 12,
	MB2_ACPI_OLD = 14,
	MB2_ACPI_NEW = 15,
	MB2_EFI_MMAP = 17,
	MB2_EFI64_IMAGE = 20,
	MB2_LOAD_BASE = 21,
};

struct mb2_info {
	uint32_t total_size; /* of this block, itself included */
	uint32_t reserved;
} PACKED;
SIZE(struct mb2_info, 8);

struct mb2_tag {
	uint32_t type;
	uint32_t size; /* with this header, without padding */
} PACKED;
SIZE(struct mb2_tag, 8);

struct mb2_module {
	struct mb2_tag tag;
	uint32_t mod_start;
	uint32_t mod_end; /* address behind the last byte */
			  /* a NUL-terminated string follows */
} PACKED;
SIZE(struct mb2_module, 16);

struct mb2_memory {
	struct mb2_tag tag;
	uint32_t mem_lower, mem_upper; /* KiB, as in Multiboot 1 */
} PACKED;
SIZE(struct mb2_memory, 16);

/** struct mb2_pointer - EFI system table and image handle, 64-bit */
struct mb2_pointer {
	struct mb2_tag tag;
	uint64_t pointer;
} PACKED;
SIZE(struct mb2_pointer, 16);

/** struct mb2_efi_mmap - the EFI memory map, once boot services have ended */
struct mb2_efi_mmap {
	struct mb2_tag tag;
	uint32_t descriptor_size;
	uint32_t descriptor_version;
	/* the descriptors follow */
} PACKED;
SIZE(struct mb2_efi_mmap, 16);

struct mb2_mmap {
	struct mb2_tag tag;
	uint32_t entry_size; /* at least 24, a multiple of 8 */
	uint32_t entry_version;
} PACKED;
SIZE(struct mb2_mmap, 16);

struct mb2_mmap_entry {
	uint64_t base_addr, length;
	uint32_t type; /* 1 is RAM, others as E820 */
	uint32_t reserved;
} PACKED;
SIZE(struct mb2_mmap_entry, 24);

struct mb2_framebuffer {
	struct mb2_tag tag;
	uint64_t framebuffer_addr;
	uint32_t framebuffer_pitch; /* bytes a line */
	uint32_t framebuffer_width; /* pixels; characters where type is 2 */
	uint32_t framebuffer_height;
	uint8_t framebuffer_bpp;
	uint8_t framebuffer_type; /* 0 palette, 1 RGB, 2 EGA text */
	uint8_t reserved[2];	  /* GRUB writes two bytes where the specification has one */
	uint8_t color_info[6];	  /* type 1: position and size of red, green, blue */
} PACKED;
AT(struct mb2_framebuffer, framebuffer_type, 29);
AT(struct mb2_framebuffer, color_info, 32);

#endif
