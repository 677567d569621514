/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The plan: where kernel, initrd and block will lie, and the moves that bring them there.
 * Made before a byte is moved; pure.
 */
#ifndef SHIM_PLACE_H
#define SHIM_PLACE_H

#include "protocol/kernel.h"

/* Every initrd and its padding, every segment and its zeros, and one whole file. */
#define MOVES_MAX (2 * INITRDS_MAX + 2 * KERNEL_SEGMENTS_MAX + 1)
#define MOVE_ZERO UINT64_MAX

/**
 * struct move - @size bytes from @from to @to, which may overlap
 * @from: MOVE_ZERO fills with zeros
 */
struct move {
	uint64_t to, from, size;
};

/**
 * struct plan
 * @move:   what is to be moved, in this order; empty if everything can stay
 * @load:   the kernel's load address
 * @entry:  the address to enter it at
 * @initrd: where the initrds lie as one, 0 for none
 * @block:  memory for the block: code, boot_params, page tables (see leave.h)
 * @boot_params, @cmdline: where the kernel finds them: in the block, but for kernels that know
 *          one place only; the PVH exit's start info lies where boot_params would
 * @rsdp:   a page of the block for the copy of ACPI's root pointer, which the map calls ACPI
 *          memory so that the kernel keeps it; 0 where the original was found, or none given
 */
struct plan {
	struct move move[MOVES_MAX];
	uint32_t moves;
	uint64_t load, entry;
	struct blob initrd;
	struct blob block;
	uint64_t boot_params, cmdline, rsdp;
};

/**
 * place() - make the plan
 * @p:          filled
 * @h:          its map's marks of what is used are set anew, and the page of @p->rsdp becomes
 *              ACPI memory; nothing else changes
 * @k:          the kernel, opened from @h's file
 * @image:      our own code and data: needed until the block is written
 * @block_size: bytes that the block needs
 *
 * Plans that move fewer bytes are tried first: nothing, the smaller of kernel and initrd,
 * the larger, both.  Refuses (E_MEMORY, E_FIXED, E_INITRD).
 */
void place(struct plan *p, struct handoff *h, const struct kernel *k, struct blob image,
	   uint64_t block_size);

/** initrd_sort() - put the initrd with CPU microcode first */
void initrd_sort(struct handoff *h);

#endif
