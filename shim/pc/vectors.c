// SPDX-License-Identifier: BSD-2-Clause
/*
 * Vector registers, for code that is not our own: hashes and decompressors.  Called by
 * hash_span() and fpu_begin().  64-bit, any ring; in ring 0 it touches CR0 and CR4, which
 * the kernel sets anew, where the firmware has not.
 */
#include "protocol/world.h"

#include "shim/pc/instructions.h"

#define CR0_MP 2ull
#define CR0_EM 4ull
#define CR0_TS 8ull
#define CR4_OSFXSR 0x200ull
#define CR4_OSXMMEXCPT 0x400ull

/* Intel SDM 2A, CPUID. */
#define LEAF_SSSE3 (1u << 9)   /* ecx of leaf 1 */
#define LEAF_SSE4_1 (1u << 19) /* ecx of leaf 1 */
#define LEAF_SHA (1u << 29)    /* ebx of leaf 7 */

static bool is_ring0(void)
{
	uint16_t cs;

	__asm__("mov %%cs, %0" : "=r"(cs));
	return !(cs & 3);
}

static void switch_on(void)
{
	const uint64_t sse = CR4_OSFXSR | CR4_OSXMMEXCPT;

	if ((read_cr0() & (CR0_EM | CR0_TS | CR0_MP)) != CR0_MP)
		write_cr0((read_cr0() & ~(CR0_EM | CR0_TS)) | CR0_MP);
	if ((read_cr4() & sse) != sse)
		write_cr4(read_cr4() | sse);
}

uint32_t machine_vectors(void)
{
	const uint32_t both = LEAF_SSSE3 | LEAF_SSE4_1;
	uint32_t ecx = cpuid(1).ecx, features = ecx & LEAF_SSSE3 ? MACHINE_SSSE3 : 0;

	/* In ring 3 Xen has done it. */
	if (is_ring0())
		switch_on();
	/* The code with SHA extensions shuffles and blends too. */
	if ((ecx & both) == both && cpuid(0).eax >= 7 && cpuid(7).ebx & LEAF_SHA)
		features |= MACHINE_SHA;
	return features;
}
