/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where addresses and pointers meet.  An address is what the machine's map says; a
 * pointer is the same number, but for a Xen PV guest, where (pseudo-)physical memory
 * is seen at VIRT_BASE.  span_at() and memory_at() of span.h know the difference.
 */
#ifndef SHIM_MEMORY_H
#define SHIM_MEMORY_H

#include <stdint.h>

/** memory_seen_at() - address 0 is seen at @base from now on; before, at 0 */
void memory_seen_at(uint64_t base);

/** memory_address() - the address of something of ours */
uint64_t memory_address(const void *p);

#endif
