/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How addresses become pointers.  An address is a number of the memory map.  A pointer is
 * the same number, except in a Xen PV guest, where (pseudo-)physical memory is mapped at
 * VIRT_BASE.  Only the functions of world.h know the difference.
 */
#ifndef SHIM_MEMORY_H
#define SHIM_MEMORY_H

#include <stdint.h>

#include "protocol/world.h"

/** memory_seen_at() - from now on, memory is mapped at @base; before, at 0 */
void memory_seen_at(uint64_t base);

#endif
