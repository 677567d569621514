/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PVH: the block that ebx points at, as Xen, QEMU and other monitors write it and as
 * a PHYS32_ENTRY kernel reads it (Xen, public/arch-x86/hvm/start_info.h).  Versions 0
 * and 1; version 0 ends before memmap_paddr.  Little-endian, physical addresses.
 */
#ifndef PROTOCOL_PVH_H
#define PROTOCOL_PVH_H

#include <stdint.h>

#include "at.h"

struct handoff;

#define HVM_START_MAGIC 0x336ec578 /* "xEn3" with the top bit of the E set */

struct hvm_start_info {
	uint32_t magic;
	uint32_t version;
	uint32_t flags; /* SIF_* of xenpv.h */
	uint32_t nr_modules;
	uint64_t modlist_paddr;
	uint64_t cmdline_paddr;
	uint64_t rsdp_paddr;
	uint64_t memmap_paddr;
	uint32_t memmap_entries;
	uint32_t reserved;
} PACKED;
AT(struct hvm_start_info, modlist_paddr, 16);
AT(struct hvm_start_info, memmap_paddr, 40);
SIZE(struct hvm_start_info, 56);

struct hvm_modlist_entry {
	uint64_t paddr, size, cmdline_paddr, reserved;
} PACKED;
SIZE(struct hvm_modlist_entry, 32);

struct hvm_memmap_table_entry {
	uint64_t addr, size;
	uint32_t type, reserved; /* type: E820 number */
} PACKED;
SIZE(struct hvm_memmap_table_entry, 24);

#endif
