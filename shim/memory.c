// SPDX-License-Identifier: BSD-2-Clause
/*
 * Addresses become pointers here and nowhere else.  Called by all code that reads a
 * loader's data, and by the exits.  Any ring; touches nothing.
 */
#include "shim/memory.h"

#include "protocol/span.h"

static uint64_t base;

void memory_seen_at(uint64_t virtual)
{
	base = virtual;
}

void *memory_at(uint64_t address)
{
	return (void *)(uintptr_t)(base + address);
}

uint64_t memory_address(const void *p)
{
	return (uint64_t)(uintptr_t)p - base;
}

struct span span_at(uint64_t address, uint64_t size)
{
	struct span none = { 0 };

	if (!address || size > UINT64_MAX - address)
		return none;
	return (struct span){ memory_at(address), size };
}
