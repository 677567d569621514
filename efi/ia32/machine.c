// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the core wants to know of the processor (shim/machine.h), asked in 32-bit mode.
 * Ring 0; cpuid and rdtsc are the only instructions of the machine here.
 */
#include "shim/machine.h"

#include "shim/pc/instructions.h"

#define CPUID_EXTENDED_FEATURES 0x80000001
#define CPUID_GIB_PAGES 26

/* Five levels can only be on in long mode; start.S changes to it with the block's map of four. */
bool machine_has_la57(void)
{
	return false;
}

bool machine_has_gib_pages(void)
{
	return cpuid(CPUID_EXTENDED_FEATURES).edx >> CPUID_GIB_PAGES & 1;
}

uint64_t machine_time(void)
{
	return rdtsc();
}
