// SPDX-License-Identifier: BSD-2-Clause
/*
 * The identity map that the kernel is entered with: all memory that the handoff
 * names and all below 4 GiB, in pages of 1 GiB or 2 MiB.  Called by leave.c.  Pure:
 * writes only the page tables; any ring and the host's tests.
 */
#include "protocol/lib.h"
#include "protocol/number.h"
#include "shim/pc/paging.h"

#define ENTRIES 512
#define PRESENT_WRITE 0x3
#define LARGE 0x80

static uint64_t gibs(uint64_t top)
{
	uint64_t n = (top + GIB - 1) / GIB;

	return n < 4 ? 4 : n;
}

static uint64_t tables(uint64_t n)
{
	return (n + ENTRIES - 1) / ENTRIES;
}

uint64_t paging_size(uint64_t top, bool gib)
{
	uint64_t n = gibs(top);

	return PAGE * (2 + tables(n) + (gib ? 0 : n));
}

void paging_write(uint64_t at, uint64_t top, bool gib)
{
	uint64_t n = gibs(top), third = tables(n);
	uint64_t *fifth = (uint64_t *)(uintptr_t)at, *fourth = fifth + ENTRIES;
	uint64_t *pdpt = fourth + ENTRIES, *pd = pdpt + third * ENTRIES;

	memset(fifth, 0, (size_t)(PAGE * (2 + third)));
	fifth[0] = (at + PAGE) | PRESENT_WRITE;
	for (uint64_t i = 0; i < third; i++)
		fourth[i] = (at + PAGE * (2 + i)) | PRESENT_WRITE;
	for (uint64_t i = 0; i < n; i++)
		pdpt[i] = gib ? i * GIB | LARGE | PRESENT_WRITE :
				(at + PAGE * (2 + third + i)) | PRESENT_WRITE;
	for (uint64_t i = 0; !gib && i < n * ENTRIES; i++)
		pd[i] = i * (GIB / ENTRIES) | LARGE | PRESENT_WRITE;
}
