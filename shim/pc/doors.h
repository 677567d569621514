/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The doors' C side: one function per door, which the door's assembly calls with
 * what its protocol's register held.  Each returns the address of the code that
 * leaves (leave.h).
 */
#ifndef SHIM_PC_DOORS_H
#define SHIM_PC_DOORS_H

#include <stdint.h>

#include "shim/lintel.h"

/** doors_begin() - an empty handoff, and what is packed into the image; @tsc at the entry */
void doors_begin(const char *name, uint64_t tsc, enum image_memory memory);

/** doors_open() - the same in ring 0, after setting up our exception handlers and page tables */
void doors_open(const char *name, enum image_memory memory);

/** doors_leave() - plan, announce, measure and act; what each door does after its reader
 *  Return: as lintel_act(). */
uint64_t doors_leave(struct handoff *h);

uint64_t door_multiboot1(uint64_t info);
uint64_t door_multiboot2(uint64_t info);
uint64_t door_pvh(uint64_t info);
uint64_t door_linux16(uint64_t boot_params);
uint64_t door_linux32(uint64_t boot_params);
uint64_t door_linux64(uint64_t boot_params);

/** door_xenpv() - virtual addresses of start_info and of the stack that Xen gave */
_Noreturn void door_xenpv(uint64_t start_info, uint64_t stack);

/** door_unknown() - entered at the ELF entry, with registers that fit no protocol; refuses
 *  (E_ENTRY) */
uint64_t door_unknown(uint64_t eax);

#endif
