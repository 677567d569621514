// SPDX-License-Identifier: BSD-2-Clause
/*
 * Division of 64-bit numbers: compilers for i386 call functions with these names, and the
 * image links no library that has them.  Called by compiled code.  Pure.
 */
#include <stdint.h>

uint64_t __udivmoddi4(uint64_t n, uint64_t by, uint64_t *rest);
uint64_t __udivdi3(uint64_t n, uint64_t by);
uint64_t __umoddi3(uint64_t n, uint64_t by);

/* Long division, from the highest bit on.  Division by 0 gives all ones. */
uint64_t __udivmoddi4(uint64_t n, uint64_t by, uint64_t *rest)
{
	uint64_t quotient = 0, left = 0;

	for (uint32_t i = 64; i-- > 0;) {
		uint64_t carry = left >> 63;

		left = left << 1 | (n >> i & 1);
		quotient <<= 1;
		if (carry || left >= by) {
			left -= by;
			quotient |= 1;
		}
	}
	if (rest)
		*rest = left;
	return quotient;
}

uint64_t __udivdi3(uint64_t n, uint64_t by)
{
	return __udivmoddi4(n, by, 0);
}

uint64_t __umoddi3(uint64_t n, uint64_t by)
{
	uint64_t rest;

	__udivmoddi4(n, by, &rest);
	return rest;
}
