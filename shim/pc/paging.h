/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Identity maps: Lintel's own, which grows as addresses are touched (paging.c), and the one
 * that the kernel is entered with (shim/identity.c).
 */
#ifndef SHIM_PC_PAGING_H
#define SHIM_PC_PAGING_H

#include <stdbool.h>
#include <stdint.h>

/** paging_init() - switch to a map of our own; the rest of memory joins it on demand */
void paging_init(void);

/** paging_fault() - map the GiB with this address; the page-fault handler's work */
void paging_fault(uint64_t address);

/**
 * paging_device() - map the 2 MiB with this address uncached, as registers of devices need it
 *
 * Registers do not always lie where the firmware has said to the processor that they must not be
 * cached.  To be called once for each device, before its first access, where the page tables are
 * ours: not under UEFI and not in Xen PV.
 */
void paging_device(uint64_t address);

/** paging_size() - bytes of an identity map of [0, top), at least of 4 GiB
 *  @gib: the processor has pages of 1 GiB */
uint64_t paging_size(uint64_t top, bool gib);

/**
 * paging_write() - write that map at @at, paging_size() bytes
 *
 * The root of five levels comes first, the root of four levels is the next page.
 */
void paging_write(uint64_t at, uint64_t top, bool gib);

#endif
