/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multiboot 1 (Multiboot Specification 0.6.96).  The kernel carries a header in
 * its first 8192 bytes (section 3.1); with flag bit 16 the header says itself
 * where the file belongs.  The loader enters it (section 3.2) in 32-bit
 * protected mode, paging and interrupts off, flat segments, A20 on, no stack,
 *   eax = 0x2badb002, ebx = physical address of the information block (3.3),
 * which points to strings, modules and a memory map anywhere below 4 GiB.
 *
 * Little-endian, addresses physical, sizes bytes, where nothing else is said.
 * Installed for kernel writers; compiles alone as C11 and C++17.  Assembly gets the
 * constants only.
 */
#ifndef PROTOCOL_MULTIBOOT1_H
#define PROTOCOL_MULTIBOOT1_H

#define MB1_HEADER_MAGIC 0x1badb002 /* of the header; magic + flags + checksum is 0 (3.1.1) */
#define MB1_SEARCH 8192		    /* bytes; the header lies in these first ones (3.1) */
#define MB1_LOADER_MAGIC 0x2badb002 /* in eax (3.2) */

/* Flags of the header (3.1.2) */
#define MB1_PAGE_ALIGN 0x00000001  /* modules are to begin at multiples of 4096 */
#define MB1_MEMORY_INFO 0x00000002 /* memory sizes are wanted */
#define MB1_AOUT_KLUDGE 0x00010000 /* addresses are in the header */

/* Flags of the information block: which fields are valid (3.3) */
#define MB1_INFO_MEMORY 0x0001	    /* mem_lower, mem_upper */
#define MB1_INFO_CMDLINE 0x0004	    /* cmdline */
#define MB1_INFO_MODS 0x0008	    /* mods_count, mods_addr */
#define MB1_INFO_MMAP 0x0040	    /* mmap_length, mmap_addr */
#define MB1_INFO_LOADER 0x0200	    /* boot_loader_name */
#define MB1_INFO_FRAMEBUFFER 0x1000 /* framebuffer_addr and what follows */

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "wire.h"

/**
 * struct multiboot_info - what a Multiboot kernel gets
 * @flags:              MB1_INFO_*
 * @mem_lower:          KiB of RAM from 0 on, at most 640
 * @mem_upper:          KiB of RAM from 1 MiB to the first hole
 * @boot_device:        the BIOS' number of the disk in bits 24 to 31, partitions below
 * @cmdline:            address of the command line, NUL-terminated
 * @mods_count:         modules
 * @mods_addr:          address of struct multiboot_module
 * @syms:               the kernel's symbols; @flags says in which form
 * @mmap_length:        bytes of the memory map
 * @mmap_addr:          address of struct multiboot_mmap
 * @drives_length:      bytes of the table of drives
 * @drives_addr:        its address
 * @config_table:       address of the table that int 15h AH=C0h gives
 * @boot_loader_name:   address of the loader's name, NUL-terminated
 * @apm_table:          address of the APM table
 * @vbe_control_info:   address of what VBE function 00h gives
 * @vbe_mode_info:      address of what VBE function 01h gives
 * @vbe_mode:           the VBE mode that is set
 * @vbe_interface_seg:  VBE 2.0's protected-mode interface, segment
 * @vbe_interface_off:  its offset
 * @vbe_interface_len:  its bytes
 * @framebuffer_addr:   the framebuffer's address
 * @framebuffer_pitch:  bytes from one line to the next
 * @framebuffer_width:  pixels; characters where framebuffer_type is 2
 * @framebuffer_height: pixels; characters where framebuffer_type is 2
 * @framebuffer_bpp:    bits of a pixel
 * @framebuffer_type:   0 palette, 1 RGB, 2 EGA text
 * @color_info:         type 1: position and size of red, green, blue, in bits, as the
 *                      specification has them
 * @grub_color_info:    GRUB's structure is not packed, and has color_info two bytes on
 *
 * 120 bytes (3.3, "Boot information format").
 */
struct multiboot_info {
	uint32_t flags;
	uint32_t mem_lower;
	uint32_t mem_upper;
	uint32_t boot_device;
	uint32_t cmdline;
	uint32_t mods_count;
	uint32_t mods_addr;
	uint32_t syms[4];
	uint32_t mmap_length;
	uint32_t mmap_addr;
	uint32_t drives_length;
	uint32_t drives_addr;
	uint32_t config_table;
	uint32_t boot_loader_name;
	uint32_t apm_table;
	uint32_t vbe_control_info;
	uint32_t vbe_mode_info;
	uint16_t vbe_mode;
	uint16_t vbe_interface_seg;
	uint16_t vbe_interface_off;
	uint16_t vbe_interface_len;
	uint64_t framebuffer_addr;
	uint32_t framebuffer_pitch;
	uint32_t framebuffer_width;
	uint32_t framebuffer_height;
	uint8_t framebuffer_bpp;
	uint8_t framebuffer_type;
	uint8_t color_info[6];
	uint8_t grub_color_info[4];
} LINTEL_PACKED;
LINTEL_AT(struct multiboot_info, cmdline, 16);
LINTEL_AT(struct multiboot_info, mods_count, 20);
LINTEL_AT(struct multiboot_info, mmap_length, 44);
LINTEL_AT(struct multiboot_info, boot_loader_name, 64);
LINTEL_AT(struct multiboot_info, vbe_control_info, 72);
LINTEL_AT(struct multiboot_info, framebuffer_addr, 88);
LINTEL_AT(struct multiboot_info, color_info, 110);
LINTEL_SIZE(struct multiboot_info, 120);

/**
 * struct multiboot_module - a module
 * @mod_start: address of its first byte
 * @mod_end:   address after its last byte
 * @string:    address of its string, NUL-terminated; 0: none
 * @reserved:  0
 *
 * 16 bytes (3.3, mods_addr).
 */
struct multiboot_module {
	uint32_t mod_start;
	uint32_t mod_end;
	uint32_t string;
	uint32_t reserved;
} LINTEL_PACKED;
LINTEL_SIZE(struct multiboot_module, 16);

/**
 * struct multiboot_mmap - a range of memory
 * @size:      bytes of this entry after this field, at least 20
 * @base_addr: its first byte
 * @length:    its bytes
 * @type:      1 is RAM, others as E820_TYPE_* of linux.h
 *
 * 24 bytes; the next entry lies size + 4 bytes after this one's beginning (3.3, mmap_addr).
 */
struct multiboot_mmap {
	uint32_t size;
	uint64_t base_addr;
	uint64_t length;
	uint32_t type;
} LINTEL_PACKED;
LINTEL_AT(struct multiboot_mmap, base_addr, 4);
LINTEL_SIZE(struct multiboot_mmap, 24);

#endif /* __ASSEMBLER__ */

#endif
