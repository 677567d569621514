/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For exits that enter a kernel through its ELF file: the one inside a bzImage.
 */
#ifndef SHIM_UNPACK_VMLINUX_H
#define SHIM_UNPACK_VMLINUX_H

#include "protocol/handoff.h"

/**
 * vmlinux_open() - where the kernel is a bzImage, let the ELF file in it be the kernel
 * @h:     its kernel, and its map's marks, are set anew
 * @image: our own memory, which stays
 *
 * To be called when the handoff is complete, and with what unpack.h asks of the world.
 * Refuses (E_NO_KERNEL, E_MEMORY, E_UNPACK, and as kernel_open() does).
 */
void vmlinux_open(struct handoff *h, struct blob image);

#endif
