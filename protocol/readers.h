/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The readers: what a door calls with what its protocol's register held.  The wire
 * structures behind them are known to the reader's own file only.
 */
#ifndef PROTOCOL_READERS_H
#define PROTOCOL_READERS_H

#include "handoff.h"

/**
 * mb1_read() - what a Multiboot 1 loader says
 * @info: address of struct multiboot_info (ebx)
 * @h:    initialised handoff; filled
 *
 * Without a map, mem_lower and mem_upper make one.
 * Refuses (E_BLOCK, E_TAG, E_NO_MAP, E_MODULE, E_MODULES, E_CMDLINE).
 */
void mb1_read(uint64_t info, struct handoff *h);

/**
 * mb2_read() - what a Multiboot 2 loader says
 * @info: address of the boot information (ebx)
 * @h:    initialised handoff; filled
 *
 * Unknown tags are skipped.  Without a map, the memory tag makes one.
 * Refuses (E_BLOCK, E_TAG, E_NO_MAP, E_MODULE, E_MODULES, E_CMDLINE).
 */
void mb2_read(uint64_t info, struct handoff *h);

/**
 * struct mb2_efi - what a Multiboot 2 loader that keeps boot services tells of them
 * @image: the boot loader's own image handle (tag 20)
 */
struct mb2_efi {
	uint64_t image, system_table;
};

/** mb2_efi() - the tags 12 and 20; refuses (E_BLOCK, E_TAG) where one is missing */
struct mb2_efi mb2_efi(uint64_t info);

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

#endif
