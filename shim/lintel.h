/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The act, from handoff to jump.
 */
#ifndef SHIM_LINTEL_H
#define SHIM_LINTEL_H

#include "handoff.h"

/** lintel_image() - note what is packed into our own image; before the door's reader */
void lintel_image(struct handoff *h);

/**
 * lintel() - find the kernel, choose places, write the block
 *
 * Return: the address to jump to, with rdi = it + LEAVE_ARGS (leave.h); the door's
 * assembly jumps.
 */
uint64_t lintel(struct handoff *h);

#endif
