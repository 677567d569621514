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

/* Boot protocol 2.00 and 2.01 know boot_params at one place only. */
#define OLD_BOOT_PARAMS 0x90000
#define OLD_CMDLINE 0x91000

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
 */
struct plan {
	struct move move[MOVES_MAX];
	uint32_t moves;
	uint64_t load, entry;
	struct blob initrd;
	struct blob block;
};

/**
 * place() - make the plan
 * @p:          filled
 * @h:          the marks in its map are set again
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
