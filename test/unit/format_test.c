// SPDX-License-Identifier: BSD-2-Clause
/* The small printf. */
#include "test/unit/check.h"

static void test_format(void)
{
	char buf[64], small[5];

	CHECK_EQUAL(format(buf, sizeof(buf), "%s-%c-%u-%x%%", "abc", 'x', 42u, 0xbeefu), 14);
	CHECK(!strcmp(buf, "abc-x-42-beef%"));
	format(buf, sizeof(buf), "%" U64 " %" X64, UINT64_MAX, UINT64_MAX);
	CHECK(!strcmp(buf, "18446744073709551615 ffffffffffffffff"));
	format(buf, sizeof(buf), "%llu %lx %08llx", ~0ull, 1ul << 31, 0xabcdull);
	CHECK(!strcmp(buf, "18446744073709551615 80000000 0000abcd"));
	format(buf, sizeof(buf), "[%04x] [%4u] [%02u] [%012" X64 "]", 0x1fu, 7u, 123u, 0xabcul);
	CHECK(!strcmp(buf, "[001f] [   7] [123] [000000000abc]"));
	CHECK_EQUAL(format(small, sizeof(small), "%s", "123456789"), 9);
	CHECK(!strcmp(small, "1234"));
	format(buf, sizeof(buf), "%u", 0u);
	CHECK(!strcmp(buf, "0"));
}

const struct test format_tests[] = { { "format", test_format }, { 0 } };
