// SPDX-License-Identifier: BSD-2-Clause
/*
 * Addresses become pointers here, as shim/memory.c has it for 64 bits: what lies above
 * 4 GiB cannot be reached.  And how many levels the kernel's page tables have.
 * Called by everybody who reads what a loader left.  32-bit, the firmware's paging, which
 * maps each address to itself; touches nothing.
 */
#include "shim/memory.h"

#include "protocol/span.h"
#include "shim/machine.h"

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

/* Five levels can only be on in long mode; start.S changes to it with the block's map of four. */
bool machine_has_la57(void)
{
	return false;
}
