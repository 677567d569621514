/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Multiboot 1 (Multiboot Specification 0.6.96).  The kernel carries a header in
 * its first 8192 bytes (section 3.1); with flag bit 16 the header says itself
 * where the file belongs.  The loader enters it (section 3.2) in 32-bit
 * protected mode, paging and interrupts off, flat segments, A20 on, no stack,
 *   eax = 0x2badb002, ebx = physical address of the information block (3.3),
 * which points to strings, modules and a memory map anywhere below 4 GiB.
 */
#ifndef PROTOCOL_MULTIBOOT1_H
#define PROTOCOL_MULTIBOOT1_H

#include <stdint.h>

#include "at.h"

#define MB1_HEADER_MAGIC 0x1badb002
#define MB1_SEARCH 8192 /* it begins in these first bytes */
#define MB1_LOADER_MAGIC 0x2badb002

/* Header flags (3.1.2): page-align modules, pass memory, addresses are in the header. */
#define MB1_PAGE_ALIGN 0x00000001
#define MB1_MEMORY_INFO 0x00000002
#define MB1_AOUT_KLUDGE 0x00010000

/* Information flags (3.3). */
#define MB1_INFO_MEMORY 0x0001
#define MB1_INFO_CMDLINE 0x0004
#define MB1_INFO_MODS 0x0008
#define MB1_INFO_MMAP 0x0040
#define MB1_INFO_LOADER 0x0200
#define MB1_INFO_FRAMEBUFFER 0x1000

struct multiboot_info {
	uint32_t flags;
	uint32_t mem_lower; /* KiB from 0, at most 640 */
	uint32_t mem_upper; /* KiB from 1 MiB to the first hole */
	uint32_t boot_device;
	uint32_t cmdline;
	uint32_t mods_count;
	uint32_t mods_addr;
	uint32_t syms[4];
	uint32_t mmap_length; /* bytes */
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
	uint32_t framebuffer_pitch; /* bytes a line */
	uint32_t framebuffer_width; /* pixels; characters where type is 2 */
	uint32_t framebuffer_height;
	uint8_t framebuffer_bpp;
	uint8_t framebuffer_type; /* 0 palette, 1 RGB, 2 EGA text */
	/*
	 * Type 1: position and size of red, green, blue.  The specification has them here;
	 * GRUB's structure is not packed and has them two bytes further on.
	 */
	uint8_t color_info[6];
	uint8_t grub_color_info[4];
} PACKED;
AT(struct multiboot_info, cmdline, 16);
AT(struct multiboot_info, mods_count, 20);
AT(struct multiboot_info, mmap_length, 44);
AT(struct multiboot_info, boot_loader_name, 64);
AT(struct multiboot_info, vbe_control_info, 72);
AT(struct multiboot_info, framebuffer_addr, 88);
AT(struct multiboot_info, color_info, 110);
SIZE(struct multiboot_info, 120);

struct multiboot_module {
	uint32_t mod_start;
	uint32_t mod_end; /* address behind the last byte */
	uint32_t string;
	uint32_t reserved;
} PACKED;
SIZE(struct multiboot_module, 16);

struct multiboot_mmap {
	uint32_t size; /* of what follows; at least 20 */
	uint64_t base_addr;
	uint64_t length;
	uint32_t type; /* 1 is RAM, others as E820 */
} PACKED;
AT(struct multiboot_mmap, base_addr, 4);
SIZE(struct multiboot_mmap, 24);

#endif
