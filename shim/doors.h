/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The doors' C side: one function per door, which the door's assembly calls with
 * what its protocol's register held.  Each returns the address of the code that
 * leaves (leave.h).
 */
#ifndef SHIM_DOORS_H
#define SHIM_DOORS_H

#include "handoff.h"

extern struct handoff handoff;

uint64_t door_multiboot1(uint64_t info);
uint64_t door_multiboot2(uint64_t info);
uint64_t door_pvh(uint64_t info);
uint64_t door_linux16(uint64_t boot_params);
uint64_t door_linux32(uint64_t boot_params);
uint64_t door_linux64(uint64_t boot_params);

/** door_unknown() - entered at an ELF entry with registers of no protocol; refuses (E_ENTRY) */
uint64_t door_unknown(uint64_t eax);

#endif
