// SPDX-License-Identifier: BSD-2-Clause
/*
 * Text between UTF-16 and UTF-8, and load options that are text or other bytes: from reports
 * about systemd (39347, 25857), efibootmgr (45) and memtest86+ (421).
 */
#include "protocol/text.h"

#include <uchar.h>

#include "test/unit/check.h"

static char got[64];

#define SPAN(bytes) ((struct span){ (const uint8_t *)(bytes), sizeof(bytes) })

static void check_utf16(const char16_t *from, size_t size, const char *wanted)
{
	size_t n = text_from_utf16(got, sizeof(got), (struct span){ (const uint8_t *)from, size });

	CHECK(!strcmp(got, wanted));
	CHECK_EQUAL(n, strlen(wanted));
}

#define CHECK_UTF16(from, wanted) check_utf16(from, sizeof(from), wanted)

static void test_utf16(void)
{
	static const char16_t half_high[] = { 'a', 0xd83d, 'b', 0 };
	static const char16_t half_low[] = { 0xde00, 'b', 0 }, last_high[] = { 'a', 0xd83d };

	CHECK_UTF16(u"root=/dev/sda1 quiet", "root=/dev/sda1 quiet");
	CHECK_UTF16(u"K\u00fcrbis \u4e2d \U0001f600.", "K\u00fcrbis \u4e2d \U0001f600.");
	CHECK_UTF16(u"\ufeffquiet", "quiet");
	CHECK_UTF16(u"a\tb\r\nc\x1b[2J\x9b"
		    u"d",
		    "a b  c [2J d");
	CHECK_UTF16(u"end\0more", "end");
	CHECK_UTF16(half_high, "a\ufffdb");
	CHECK_UTF16(half_low, "\ufffdb");
	CHECK_UTF16(last_high, "a\ufffd");
	CHECK_EQUAL(text_from_utf16(got, sizeof(got), (struct span){ 0 }), 0);
	CHECK(!*got);
}

/* What does not fit is counted, so that it can be refused. */
static void test_too_long(void)
{
	static char16_t long_text[200];
	char to[8] = "1234567";

	for (size_t i = 0; i < 199; i++)
		long_text[i] = 0x20ac;
	CHECK_EQUAL(text_from_utf16(to, 5, SPAN(long_text)), 3 * 199);
	CHECK_EQUAL(to[4], 0);
	CHECK_EQUAL(to[5], '6');
}

static void test_to_utf16(void)
{
	uint16_t to[16];

	CHECK_EQUAL(text_to_utf16(to, 16, "/K\u00fcr \U0001f600"), 7);
	CHECK(!memcmp(to, u"/K\u00fcr \U0001f600", 16));
	/* Overlong, a surrogate, cut off, beyond Unicode: never a character of another kind. */
	CHECK_EQUAL(text_to_utf16(to, 16, "\xc0\xaf"), 2);
	CHECK(to[0] == 0xfffd && to[1] == 0xfffd);
	CHECK_EQUAL(text_to_utf16(to, 16, "\xe0\x80\xaf"), 1);
	CHECK_EQUAL(to[0], 0xfffd);
	CHECK_EQUAL(text_to_utf16(to, 16, "\xed\xa0\x80"), 1);
	CHECK_EQUAL(to[0], 0xfffd);
	CHECK_EQUAL(text_to_utf16(to, 16, "\xe4\xb8"), 2);
	CHECK_EQUAL(text_to_utf16(to, 16,
				  "\xf5"
				  "a"),
		    2);
	CHECK_EQUAL(to[1], 'a');
	CHECK_EQUAL(text_to_utf16(to, 3, "abcd"), 4);
	CHECK_EQUAL(to[2], 0);
	CHECK_EQUAL(text_to_utf16(to, 2, "\U0001f600"), 2);
	CHECK_EQUAL(to[1], 0);
}

static void check_options(struct span options, const char *wanted)
{
	CHECK_EQUAL(text_from_options(got, sizeof(got), options), strlen(wanted));
	if (strcmp(got, wanted))
		printf("  \"%s\", expected \"%s\"\n", got, wanted);
	CHECK(!strcmp(got, wanted));
}

static void test_options(void)
{
	/* EDK II marks the boot options that it made by itself with a GUID. */
	static const uint8_t guid[] = { 0x4e, 0xac, 0x08, 0x81, 0x11, 0x9f, 0x59, 0x4d,
					0x85, 0x0e, 0xe2, 0x1a, 0x52, 0x2c, 0x59, 0xb2 };
	static const uint8_t numbers[] = { 1, 0, 4, 0, 0x40, 1, 0xff, 0xff, 0x7f, 0xff, 4, 0 };
	static const uint8_t latin[] = { 'a', '=', 0xfc, ' ', 'b', '=', '1', 0 };

	check_options((struct span){ 0 }, "");
	check_options(SPAN(u""), "");
	check_options(SPAN(u"q"), "q");
	check_options(SPAN(u"quiet"), "quiet");
	check_options((struct span){ (const uint8_t *)u"quiet", 10 }, "quiet");
	check_options((struct span){ (const uint8_t *)u"quiet", 9 }, "quie");
	check_options(SPAN(u"\ufeffquiet"), "quiet");
	check_options(SPAN(u"\tquiet\n"), " quiet ");
	check_options(SPAN(u"a=\u4e2d\u4e2d\u4e2d"), "a=\u4e2d\u4e2d\u4e2d");
	check_options(SPAN("quiet splash"), "quiet splash");
	check_options((struct span){ (const uint8_t *)"quiet splash", 12 }, "quiet splash");
	check_options(SPAN("quiet\tsplash\n\0\0\0"), "quiet splash ");
	check_options(SPAN("WINDOWS\0\1\0\0"), "");
	check_options(SPAN(guid), "");
	check_options(SPAN(numbers), "");
	check_options(SPAN(latin), "");
}

const struct test text_tests[] = { { "text: UTF-16 as UTF-8", test_utf16 },
				   { "text: what is too long is counted", test_too_long },
				   { "text: UTF-8 as UTF-16", test_to_utf16 },
				   { "text: load options, and what is none", test_options },
				   { 0 } };
