// SPDX-License-Identifier: BSD-2-Clause
/*
 * The value that functions keep above their arrays, to see that these were not overwritten.
 * The compiler puts the comparisons in (-fstack-protector-strong).  canary_begin() is called by
 * every entry before other C, and compiled without them, since the value changes under its feet.
 * 64-bit, and 32-bit for 32-bit UEFI; any ring; reads the clock and the random number
 * generator.
 */
#include "protocol/say.h"
#include "shim/pc/instructions.h"

#define CPUID_FEATURES 1
#define CPUID_RDRAND 30 /* ecx */
#define TRIES 10

/* The compiler knows these names; the last one is of 32-bit code. */
uintptr_t __stack_chk_guard;
_Noreturn void __stack_chk_fail(void);
_Noreturn void __stack_chk_fail_local(void);
void canary_begin(void);

extern const char image_base[];

static uintptr_t random_number(void)
{
	uintptr_t value = 0;
	uint8_t valid = 0;

	if (cpuid(CPUID_FEATURES).ecx >> CPUID_RDRAND & 1)
		for (int i = 0; i < TRIES && !valid; i++)
			__asm__ volatile("rdrand %0; setc %1" : "=r"(value), "=qm"(valid) : : "cc");
	return value;
}

void canary_begin(void)
{
	uint64_t tsc = rdtsc();

	/* The clock is all there is without a generator, or with one that gives the same for ever.
	 * The lowest byte is 0, at which text ends. */
	__stack_chk_guard = (random_number() ^ (uintptr_t)(tsc * 0x9e3779b97f4a7c15)) &
			    ~(uintptr_t)0xff;
}

void __stack_chk_fail(void)
{
	uintptr_t at = (uintptr_t)__builtin_return_address(0) - (uintptr_t)image_base;

	die(E_TRAP, "a function has overwritten its stack; found at image+%" X64, (uint64_t)at);
}

void __stack_chk_fail_local(void)
{
	__stack_chk_fail();
}
