// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the pure code asks of the processor.  Called by lintel() and the map makers.
 * 64-bit; ring 0, and machine_time() in ring 3 under Xen PV too.  Reads registers only.
 */
#include "shim/machine.h"

#include "shim/pc/instructions.h"

#define CR4_LA57 0x1000
#define CPUID_FEATURES 0x80000001
#define CPUID_GIB_PAGES 26

bool machine_has_la57(void)
{
	return read_cr4() & CR4_LA57;
}

bool machine_has_gib_pages(void)
{
	return cpuid(CPUID_FEATURES).edx >> CPUID_GIB_PAGES & 1;
}

uint64_t machine_time(void)
{
	return rdtsc();
}
