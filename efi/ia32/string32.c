// SPDX-License-Identifier: BSD-2-Clause
/*
 * memcpy and memset as shim/pc/string64.c has them, by the string instructions of 32-bit
 * mode.  Any ring; no side effects.
 */
#include "protocol/lib.h"

#include <stdint.h>

void *memcpy(void *to, const void *from, size_t n)
{
	void *d = to;
	size_t longs = n / 4;

	n %= 4;
	__asm__ volatile("rep movsl" : "+D"(d), "+S"(from), "+c"(longs) : : "memory");
	__asm__ volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(n) : : "memory");
	return to;
}

void *memset(void *to, int c, size_t n)
{
	void *d = to;
	size_t longs = n / 4;
	uint32_t fill = (uint8_t)c * 0x01010101u;

	n %= 4;
	__asm__ volatile("rep stosl" : "+D"(d), "+c"(longs) : "a"(fill) : "memory");
	__asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(fill) : "memory");
	return to;
}
