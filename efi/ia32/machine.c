// SPDX-License-Identifier: BSD-2-Clause
/*
 * What shim/doors.c and shim/trap.c are to the 64-bit image: the handoff, memory at an
 * address, and what the core wants to know of the processor.  32-bit, ring 0, the
 * firmware's paging: memory above 4 GiB is not to be seen.
 */
#include "shim/machine.h"
#include "shim/memory.h"
#include "shim/pc/doors.h"
#include "shim/pc/instructions.h"

struct handoff handoff;

void *memory_at(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

uint64_t memory_address(const void *p)
{
	return (uintptr_t)p;
}

struct span span_at(uint64_t base, uint64_t size)
{
	struct span none = { 0 };

	if (!base || base > UINTPTR_MAX || size > UINTPTR_MAX - base)
		return none;
	return (struct span){ (const uint8_t *)(uintptr_t)base, (size_t)size };
}

/* The block's own map is what the change to long mode begins with: four levels, in start.S. */
bool machine_has_la57(void)
{
	return false;
}

bool machine_has_gib_pages(void)
{
	return cpuid(0x80000001).edx >> 26 & 1;
}
