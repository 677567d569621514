/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multiboot 2 (Multiboot2 Specification 2.0).  The kernel carries a header of
 * tags in its first 32768 bytes (section 3.1).  The loader enters it (3.3) in
 * 32-bit protected mode, paging and interrupts off, flat segments, A20 on, no
 * stack,
 *   eax = 0x36d76289, ebx = physical address of the boot information (3.6):
 * total_size and reserved, then tags of {type, size}, each 8-byte aligned, the
 * last of type 0.  Everything but the modules lies inside total_size.
 *
 * Little-endian, addresses physical, sizes bytes, where nothing else is said.
 * Installed for kernel writers; compiles alone as C11 and C++17.  Assembly gets the
 * constants only.
 */
#ifndef PROTOCOL_MULTIBOOT2_H
#define PROTOCOL_MULTIBOOT2_H

#define MB2_HEADER_MAGIC 0xe85250d6 /* of the header (3.1.2) */
#define MB2_SEARCH 32768	    /* bytes; the header lies in these first ones (3.1) */
#define MB2_LOADER_MAGIC 0x36d76289 /* in eax (3.3) */

#define MB2_ARCHITECTURE_I386 0 /* of the header: entered in 32-bit protected mode (3.1.2) */

/* Tags of the header (3.1.3 and on) */
#define MB2_HEADER_END 0	  /* the last */
#define MB2_HEADER_ADDRESS 2	  /* addresses are here, not in an ELF header */
#define MB2_HEADER_ENTRY 3	  /* the entry's address */
#define MB2_HEADER_MODULE_ALIGN 6 /* modules are to begin at multiples of 4096 */
#define MB2_HEADER_EFI_BS 7	  /* boot services are to be left alive (3.1.12) */
#define MB2_HEADER_ENTRY_EFI32 8  /* the same in 32-bit mode (3.1.7) */
#define MB2_HEADER_ENTRY_EFI64 9  /* the entry's address with boot services, long mode (3.1.8) */
#define MB2_HEADER_RELOCATABLE 10 /* the kernel runs at other addresses too */

#define MB2_HEADER_OPTIONAL 1 /* flag of a tag: a loader that does not know it goes on (3.1.3) */
#define MB2_PREFERENCE_LOW 1  /* MB2_HEADER_RELOCATABLE: as low as possible (3.1.13) */

/* Tags of the boot information (3.6, a subsection for each) */
#define MB2_END 0	   /* the last */
#define MB2_CMDLINE 1	   /* command line, NUL-terminated */
#define MB2_LOADER 2	   /* the loader's name, NUL-terminated */
#define MB2_MODULE 3	   /* struct mb2_module */
#define MB2_MEMORY 4	   /* struct mb2_memory */
#define MB2_MMAP 6	   /* struct mb2_mmap */
#define MB2_FRAMEBUFFER 8  /* struct mb2_framebuffer */
#define MB2_EFI32 11	   /* EFI's system table, a pointer of 32 bits */
#define MB2_EFI64 12	   /* EFI's system table, struct mb2_pointer */
#define MB2_ACPI_OLD 14	   /* a copy of ACPI 1.0's root pointer */
#define MB2_ACPI_NEW 15	   /* a copy of ACPI 2.0's root pointer */
#define MB2_EFI_MMAP 17	   /* struct mb2_efi_mmap */
#define MB2_EFI64_IMAGE 20 /* the loader's EFI image handle, struct mb2_pointer */
#define MB2_LOAD_BASE 21   /* where a relocatable kernel was put, 32 bits */

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "wire.h"

/**
 * struct mb2_info - the boot information's head; tags follow
 * @total_size: bytes, head and tags included
 * @reserved:   0
 *
 * 8 bytes (3.6, "Boot information format").
 */
struct mb2_info {
	uint32_t total_size;
	uint32_t reserved;
} LINTEL_PACKED;
LINTEL_SIZE(struct mb2_info, 8);

/**
 * struct mb2_tag - a tag's head
 * @type: MB2_*; skip what is unknown
 * @size: bytes with this head, without the padding to a multiple of 8
 *
 * 8 bytes (3.6, "Basic tags structure").
 */
struct mb2_tag {
	uint32_t type;
	uint32_t size;
} LINTEL_PACKED;
LINTEL_SIZE(struct mb2_tag, 8);

/**
 * struct mb2_module - a module; its string follows, NUL-terminated
 * @tag:       MB2_MODULE
 * @mod_start: address of its first byte
 * @mod_end:   address after its last byte
 *
 * 16 bytes (3.6, "Modules").
 */
struct mb2_module {
	struct mb2_tag tag;
	uint32_t mod_start;
	uint32_t mod_end;
} LINTEL_PACKED;
LINTEL_SIZE(struct mb2_module, 16);

/**
 * struct mb2_memory - the sizes of memory, for kernels that need no map
 * @tag:       MB2_MEMORY
 * @mem_lower: KiB of RAM from 0 on, at most 640
 * @mem_upper: KiB of RAM from 1 MiB to the first hole
 *
 * 16 bytes (3.6, "Basic memory information").
 */
struct mb2_memory {
	struct mb2_tag tag;
	uint32_t mem_lower, mem_upper;
} LINTEL_PACKED;
LINTEL_SIZE(struct mb2_memory, 16);

/**
 * struct mb2_pointer - EFI's system table, or an image handle
 * @tag:     MB2_EFI64, MB2_EFI64_IMAGE
 * @pointer: 64 bits
 *
 * 16 bytes (3.6, "EFI 64-bit system table pointer", "EFI 64-bit image handle pointer").
 */
struct mb2_pointer {
	struct mb2_tag tag;
	uint64_t pointer;
} LINTEL_PACKED;
LINTEL_SIZE(struct mb2_pointer, 16);

/**
 * struct mb2_efi_mmap - EFI's memory map, once boot services have ended; descriptors follow
 * @tag:                MB2_EFI_MMAP
 * @descriptor_size:    bytes from one descriptor to the next
 * @descriptor_version: 1
 *
 * 16 bytes (3.6, "EFI memory map").
 */
struct mb2_efi_mmap {
	struct mb2_tag tag;
	uint32_t descriptor_size;
	uint32_t descriptor_version;
} LINTEL_PACKED;
LINTEL_SIZE(struct mb2_efi_mmap, 16);

/**
 * struct mb2_mmap - the memory map; entries follow
 * @tag:           MB2_MMAP
 * @entry_size:    bytes from one entry to the next, at least 24, a multiple of 8
 * @entry_version: 0
 *
 * 16 bytes (3.6, "Memory map").
 */
struct mb2_mmap {
	struct mb2_tag tag;
	uint32_t entry_size;
	uint32_t entry_version;
} LINTEL_PACKED;
LINTEL_SIZE(struct mb2_mmap, 16);

/**
 * struct mb2_mmap_entry - a range of memory
 * @base_addr: its first byte
 * @length:    its bytes
 * @type:      1 is RAM, others as E820_TYPE_* of linux.h
 * @reserved:  0
 *
 * 24 bytes (3.6, "Memory map").
 */
struct mb2_mmap_entry {
	uint64_t base_addr, length;
	uint32_t type;
	uint32_t reserved;
} LINTEL_PACKED;
LINTEL_SIZE(struct mb2_mmap_entry, 24);

/**
 * struct mb2_framebuffer - the screen
 * @tag:                MB2_FRAMEBUFFER
 * @framebuffer_addr:   the framebuffer's address
 * @framebuffer_pitch:  bytes from one line to the next
 * @framebuffer_width:  pixels; characters where framebuffer_type is 2
 * @framebuffer_height: pixels; characters where framebuffer_type is 2
 * @framebuffer_bpp:    bits of a pixel
 * @framebuffer_type:   0 palette, 1 RGB, 2 EGA text
 * @reserved:           0; the specification has one byte, GRUB writes two
 * @color_info:         type 1: position and size of red, green, blue, in bits
 *
 * 38 bytes (3.6, "Framebuffer info").
 */
struct mb2_framebuffer {
	struct mb2_tag tag;
	uint64_t framebuffer_addr;
	uint32_t framebuffer_pitch;
	uint32_t framebuffer_width;
	uint32_t framebuffer_height;
	uint8_t framebuffer_bpp;
	uint8_t framebuffer_type;
	uint8_t reserved[2];
	uint8_t color_info[6];
} LINTEL_PACKED;
LINTEL_AT(struct mb2_framebuffer, framebuffer_type, 29);
LINTEL_AT(struct mb2_framebuffer, color_info, 32);
LINTEL_SIZE(struct mb2_framebuffer, 38);

#endif /* __ASSEMBLER__ */

#endif
