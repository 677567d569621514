/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers in memory, each read or written once, with just this width, and waiting for them.
 * 64-bit, ring 0.
 */
#ifndef SHIM_TPM_REGISTERS_H
#define SHIM_TPM_REGISTERS_H

#include "protocol/world.h"
#include "shim/tpm/clock.h"

static inline uint8_t read8(uint64_t address)
{
	return *(volatile uint8_t *)memory_at(address);
}

static inline uint32_t read32(uint64_t address)
{
	return *(volatile uint32_t *)memory_at(address);
}

static inline void write8(uint64_t address, uint8_t value)
{
	*(volatile uint8_t *)memory_at(address) = value;
}

static inline void write32(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)memory_at(address) = value;
}

/** wait8() - until these bits of a register have this value; false if not in time */
static inline bool wait8(uint64_t address, uint8_t bits, uint8_t value, uint32_t milliseconds)
{
	uint64_t end = clock_after(milliseconds);

	while ((read8(address) & bits) != value)
		if (clock_passed(end))
			return (read8(address) & bits) == value;
	return true;
}

/** wait32() - the same with a register of 32 bits */
static inline bool wait32(uint64_t address, uint32_t bits, uint32_t value, uint32_t milliseconds)
{
	uint64_t end = clock_after(milliseconds);

	while ((read32(address) & bits) != value)
		if (clock_passed(end))
			return (read32(address) & bits) == value;
	return true;
}

#endif
