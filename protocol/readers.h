/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The readers, which doors call with the value of their protocol's register; and the
 * writers, which write what a kernel gets.  Only the protocol's own file knows its
 * structures.
 */
#ifndef PROTOCOL_READERS_H
#define PROTOCOL_READERS_H

#include "protocol/handoff.h"

struct kernel;

/**
 * mb1_read() - read what a Multiboot 1 loader says
 * @info: address of struct multiboot_info (ebx)
 * @h:    initialised handoff; filled
 *
 * Without a map, mem_lower and mem_upper make one.
 * Refuses (E_BLOCK, E_TAG, E_NO_MAP, E_MODULE, E_MODULES, E_CMDLINE).
 */
void mb1_read(uint64_t info, struct handoff *h);

/**
 * mb2_read() - read what a Multiboot 2 loader says
 * @info: address of the boot information (ebx)
 * @h:    initialised handoff; filled
 *
 * Unknown tags are skipped.  Without a map, the memory tag makes one.
 * Refuses (E_BLOCK, E_TAG, E_NO_MAP, E_MODULE, E_MODULES, E_CMDLINE).
 */
void mb2_read(uint64_t info, struct handoff *h);

/**
 * struct mb2_efi - what a Multiboot 2 loader says if it leaves boot services alive
 * @image: the boot loader's own image handle (tag 20)
 */
struct mb2_efi {
	uint64_t image, system_table;
};

/** mb2_efi() - read tags 12 and 20; refuses (E_BLOCK, E_TAG) if one is missing */
struct mb2_efi mb2_efi(uint64_t info);

/**
 * pvh_read() - read what a PVH loader says
 * @base: address of hvm_start_info (ebx)
 * @e820: the memory map by hypercall, for a block without one (version 0); entries of
 *        20 bytes, as E820 has them
 * @h:    initialised handoff; filled
 *
 * Refuses (E_BLOCK, E_TAG, E_NO_MAP, E_MODULE, E_MODULES, E_CMDLINE).
 */
void pvh_read(uint64_t base, struct span e820, struct handoff *h);

/**
 * struct pvh_place - addresses at which pvh_write() writes, and what it points at
 * @info:   the block, 56 bytes
 * @tables: pvh_tables_size() bytes
 */
struct pvh_place {
	uint64_t info, cmdline, tables;
	struct blob initrd;
};

/** pvh_tables_size() - bytes of module list and a map of so many ranges, 8-byte aligned */
uint64_t pvh_tables_size(uint32_t ranges);

/** pvh_write() - write hvm_start_info version 1 for a kernel entered at PHYS32_ENTRY */
void pvh_write(const struct handoff *h, const struct pvh_place *at);

/**
 * xenpv_read() - read what Xen says to a PV guest
 * @start_info: its virtual address (rsi)
 * @stack:      virtual address of the stack (rsp), the last page that is surely mapped
 * @e820:       the memory map by hypercall, entries of 20 bytes; empty: nr_pages tells
 * @h:          initialised handoff; filled
 *
 * All RAM is told; what is not mapped, and what the guest stands on, is kept.
 * Refuses (E_BLOCK, E_NO_MAP, E_MODULE, E_MODULES, E_CMDLINE).
 */
void xenpv_read(uint64_t start_info, uint64_t stack, struct span e820, struct handoff *h);

/**
 * struct xenpv_pages - what start_info says of pages that are shared, and of the frames
 * @initial_domain: the console is Xen's own, and both pages do not exist
 * @console_mfn, @store_mfn: machine frames
 * @console_evtchn: the port by which the console's other end is told
 * @mfn_list: virtual address of the frames' list
 */
struct xenpv_pages {
	bool initial_domain;
	uint64_t console_mfn, store_mfn, mfn_list;
	uint32_t console_evtchn;
};

/** xenpv_pages() - read them, before there is a console to complain on */
struct xenpv_pages xenpv_pages(uint64_t start_info);

/** xenpv_write() - Xen's own start_info, with this initrd and the handoff's command line */
void xenpv_write(const struct handoff *h, struct blob initrd);

/**
 * linux_read() - what a Linux boot loader left in the zero page
 * @base: address of boot_params
 * @h:    initialised handoff; filled
 *
 * A zero page whose sentinel is set is garbage outside the fields that every
 * loader fills (x86/boot: sanitize_boot_params); the rest of it is ignored.
 * Refuses (E_BLOCK, E_TAG, E_NO_MAP, E_MODULE, E_CMDLINE).
 */
void linux_read(uint64_t base, struct handoff *h);

/**
 * struct linux_place - where the parts of the block lie, all below 4 GiB
 * @boot_params: the zero page, 4096 bytes
 * @cmdline:     the command line and its NUL
 * @setup_data:  linux_setup_data_size() bytes, 8-byte aligned
 * @initrd:      the initrd, anywhere that the kernel allows; 0 for none
 * @initrd_size: bytes
 * @load:        where the protected-mode part lies (code32_start)
 */
struct linux_place {
	uint64_t boot_params, cmdline, setup_data;
	uint64_t initrd, initrd_size;
	uint64_t load;
};

/** linux_setup_data_size() - bytes that linux_write() needs at most for setup_data nodes, with
 *  a map of so many ranges and the longest report */
uint64_t linux_setup_data_size(const struct handoff *h, uint32_t ranges);

/**
 * linux_write() - write boot_params, command line and setup_data
 *
 * The block is what @h says in the kernel's own words: the kernel's setup header
 * where it has one, E820 sorted and merged, beyond 128 entries in SETUP_E820_EXT.
 * Nothing can fail here: all has been checked.
 */
void linux_write(const struct handoff *h, const struct kernel *k, const struct linux_place *at);

#endif
