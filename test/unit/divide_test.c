// SPDX-License-Identifier: BSD-2-Clause
/* 64-bit division as the image for 32-bit UEFI does it, against the host's. */
#include "test/unit/check.h"

uint64_t __udivmoddi4(uint64_t n, uint64_t by, uint64_t *rest);

static void test_divide(void)
{
	static const uint64_t number[] = { 0,
					   1,
					   2,
					   3,
					   10,
					   0xffff,
					   0xffffffff,
					   0x100000000,
					   0x123456789abcdef0,
					   0x7fffffffffffffff,
					   0x8000000000000000,
					   UINT64_MAX - 1,
					   UINT64_MAX };
	const size_t n = sizeof(number) / sizeof(number[0]);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 1; j < n; j++) {
			uint64_t rest = 0;

			CHECK_EQUAL(__udivmoddi4(number[i], number[j], &rest),
				    number[i] / number[j]);
			CHECK_EQUAL(rest, number[i] % number[j]);
		}
}

const struct test divide_tests[] = { { "divide", test_divide }, { 0 } };
