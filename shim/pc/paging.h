/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Identity maps: Lintel's own, which grows as addresses are touched (paging.c), and the one
 * that the kernel is entered with (shim/identity.c).
 */
#ifndef SHIM_PC_PAGING_H
#define SHIM_PC_PAGING_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct paging_image - where the parts of our image begin, on pages of their own
 * @head:      read only; what loaders look for behind the setup sectors
 * @code:      read and executed only
 * @constants: read only
 * @data:      read and written only, up to the end of the image and beyond
 */
struct paging_image {
	uint64_t head, code, constants, data;
};

/**
 * paging_init() - switch to a map of our own; the rest of memory joins it on demand
 * @image: these rights count from now on, nothing outside of the image can be executed, and
 *         page 0 and the pages below the stacks are not there.  NULL: everything is allowed.
 */
void paging_init(const struct paging_image *image);

/** paging_fault() - map the GiB with this address; the page-fault handler's work
 *  Return: false if it is mapped, so the access is not allowed. */
bool paging_fault(uint64_t address);

/** paging_page0() - let page 0 be read, or no longer; after paging_fault() has failed there */
void paging_page0(bool is_open);

/**
 * paging_device() - map the 2 MiB with this address uncached, as registers of devices need it
 *
 * Registers do not always lie where the firmware has said to the processor that they must not be
 * cached.  To be called before a device's first access, where the page tables are ours: not under
 * UEFI and not in Xen PV.  There is room for eight.
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
