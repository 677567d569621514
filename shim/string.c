// SPDX-License-Identifier: BSD-2-Clause
/*
 * memcmp and strlen for the freestanding core, of any width.  Any ring; no side
 * effects.
 */
#include "protocol/lib.h"

#include <stdint.h>

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (; n && *x == *y; n--) {
		x++;
		y++;
	}
	return n ? *x - *y : 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}
