// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the pure code needs from the processor, in 32-bit and 64-bit mode alike
 * (machine_has_la57() is where paging is set up).  Called by lintel() and by the code that
 * makes page tables.  64-bit, and 32-bit for 32-bit UEFI; ring 0, and machine_time() in
 * ring 3 inside Xen PV too.  Reads registers only.
 */
#include "protocol/world.h"

#include "shim/pc/instructions.h"

#define CPUID_FEATURES 0x80000001
#define CPUID_GIB_PAGES 26

bool machine_has_gib_pages(void)
{
	return cpuid(CPUID_FEATURES).edx >> CPUID_GIB_PAGES & 1;
}

uint64_t machine_time(void)
{
	return rdtsc();
}
