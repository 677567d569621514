/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PVH: the block that ebx points at when a kernel is entered at the address of its
 * PHYS32_ENTRY note (xen_guest.h), by Xen, QEMU, other monitors or Lintel.  32-bit protected
 * mode, paging and interrupts off, flat segments, no stack.  Source: Xen,
 * xen/include/public/arch-x86/hvm/start_info.h, versions 0 and 1; docs/misc/pvh.pandoc.
 *
 * Little-endian, addresses physical, sizes bytes.
 * Installed for kernel writers; compiles alone as C11 and C++17.  Assembly gets the
 * constants only.
 */
#ifndef PROTOCOL_PVH_H
#define PROTOCOL_PVH_H

#define HVM_START_MAGIC 0x336ec578 /* hvm_start_info.magic: "xEn3", with bit 7 of the E set */

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "wire.h"

/**
 * struct hvm_start_info - what a PVH kernel gets
 * @magic:          HVM_START_MAGIC
 * @version:        0 or 1; more is compatible with 1
 * @flags:          SIF_* of xen_guest.h
 * @nr_modules:     entries of the list of modules; the first is the initrd
 * @modlist_paddr:  address of struct hvm_modlist_entry; 0: none
 * @cmdline_paddr:  address of the command line, NUL-terminated; 0: none
 * @rsdp_paddr:     address of ACPI's root pointer; 0: none
 * @memmap_paddr:   address of struct hvm_memmap_table_entry; 0: none.  From version 1 on;
 *                  version 0 ends here, after 40 bytes
 * @memmap_entries: entries of it
 * @reserved:       0
 *
 * 56 bytes (start_info.h, "C representation of the x86/HVM start info layout").
 */
struct hvm_start_info {
	uint32_t magic;
	uint32_t version;
	uint32_t flags;
	uint32_t nr_modules;
	uint64_t modlist_paddr;
	uint64_t cmdline_paddr;
	uint64_t rsdp_paddr;
	uint64_t memmap_paddr;
	uint32_t memmap_entries;
	uint32_t reserved;
} LINTEL_PACKED;
LINTEL_AT(struct hvm_start_info, modlist_paddr, 16);
LINTEL_AT(struct hvm_start_info, memmap_paddr, 40);
LINTEL_SIZE(struct hvm_start_info, 56);

/**
 * struct hvm_modlist_entry - a module
 * @paddr:         its address
 * @size:          its bytes
 * @cmdline_paddr: address of its string, NUL-terminated; 0: none
 * @reserved:      0
 *
 * 32 bytes (start_info.h).
 */
struct hvm_modlist_entry {
	uint64_t paddr, size, cmdline_paddr, reserved;
} LINTEL_PACKED;
LINTEL_SIZE(struct hvm_modlist_entry, 32);

/**
 * struct hvm_memmap_table_entry - a range of memory
 * @addr:     its first byte
 * @size:     its bytes
 * @type:     E820's number: 1 is RAM, others as E820_TYPE_* of linux.h
 * @reserved: 0
 *
 * 24 bytes (start_info.h, XEN_HVM_MEMMAP_TYPE_*).
 */
struct hvm_memmap_table_entry {
	uint64_t addr, size;
	uint32_t type, reserved;
} LINTEL_PACKED;
LINTEL_SIZE(struct hvm_memmap_table_entry, 24);

#endif /* __ASSEMBLER__ */

#endif
