// SPDX-License-Identifier: BSD-2-Clause
/*
 * memcpy and memset for the freestanding core.  The string instructions move a
 * quadword or more at a time on every processor, so no byte loop is needed.
 * 64-bit, any ring, interrupts may be on or off; no side effects.
 */
#include "protocol/lib.h"

#include <stdint.h>

void *memcpy(void *to, const void *from, size_t n)
{
	void *d = to;
	size_t quads = n / 8;

	n %= 8;
	__asm__ volatile("rep movsq" : "+D"(d), "+S"(from), "+c"(quads) : : "memory");
	__asm__ volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(n) : : "memory");
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	const uint8_t *s = (const uint8_t *)from + n - 1;
	uint8_t *d = (uint8_t *)to + n - 1;
	size_t quads = n / 8;

	if ((uintptr_t)to - (uintptr_t)from >= n)
		return memcpy(to, from, n);
	/* The target overlaps the end of the source: copy backwards, before the source is
	 * overwritten. */
	n %= 8;
	__asm__ volatile("std; rep movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
	d -= 7;
	s -= 7;
	__asm__ volatile("rep movsq; cld" : "+D"(d), "+S"(s), "+c"(quads) : : "memory");
	return to;
}

void *memset(void *to, int c, size_t n)
{
	void *d = to;
	size_t quads = n / 8;
	uint64_t fill = (uint8_t)c * 0x0101010101010101ull;

	n %= 8;
	__asm__ volatile("rep stosq" : "+D"(d), "+c"(quads) : "a"(fill) : "memory");
	__asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(fill) : "memory");
	return to;
}
