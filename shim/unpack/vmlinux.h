/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ELF file inside a bzImage, for exits that enter a kernel through it.
 */
#ifndef SHIM_UNPACK_VMLINUX_H
#define SHIM_UNPACK_VMLINUX_H

#include "protocol/handoff.h"

/**
 * vmlinux_open() - if the kernel is a bzImage, make the ELF file in it the kernel
 * @h:     its kernel and the marks of its map are set again
 * @image: our own memory, which must stay
 *
 * Called when the handoff is complete, in a world that has what unpack.h asks for.  Refuses
 * (E_NO_KERNEL, E_MEMORY, E_UNPACK, and as kernel_open() does).
 */
void vmlinux_open(struct handoff *h, struct blob image);

#endif
