// SPDX-License-Identifier: BSD-2-Clause
/*
 * Addresses become pointers here, as in shim/memory.c for 64 bits, but nothing above 4 GiB
 * can be reached.  Also the answer how many levels the kernel's page tables have.  Called
 * by all code that reads a loader's data.  32-bit, the firmware's paging, which maps each
 * address to itself; touches nothing.
 */
#include "shim/memory.h"

#include "protocol/span.h"
#include "protocol/world.h"

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

/* Five levels exist only in long mode, and start.S enters long mode with four. */
bool machine_has_la57(void)
{
	return false;
}
