/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sizes that everybody counts in, and sums that everybody needs.  Any world, any mode; assembly
 * gets the constants only.
 */
#ifndef PROTOCOL_NUMBER_H
#define PROTOCOL_NUMBER_H

#define PAGE 4096

#ifndef __ASSEMBLER__

#include <stdint.h>

#define KIB UINT64_C(1024)
#define MIB UINT64_C(0x100000)
#define GIB UINT64_C(0x40000000)
#define FOUR_GIB UINT64_C(0x100000000)

/** lower() - the smaller of two numbers */
static inline uint64_t lower(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/** higher() - the larger of two numbers */
static inline uint64_t higher(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/** align_up() - the next multiple of @align, a power of two, from @n on; 0 beyond 64 bits */
static inline uint64_t align_up(uint64_t n, uint64_t align)
{
	return (n + align - 1) & ~(align - 1);
}

/** words64() - a number that a structure has in two fields of 32 bits */
static inline uint64_t words64(uint32_t low, uint32_t high)
{
	return (uint64_t)high << 32 | low;
}

#endif

#endif
