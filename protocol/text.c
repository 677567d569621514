// SPDX-License-Identifier: BSD-2-Clause
/*
 * Text between UTF-16 and UTF-8, and whether load options are text at all.  Called by efi/.
 * Pure C for any world; may touch only what it is given.
 */
#include "protocol/text.h"

#define BYTE_ORDER_MARK 0xfeff
#define REPLACEMENT 0xfffd
#define HIGH_SURROGATE 0xd800
#define LOW_SURROGATE 0xdc00
#define SURROGATE_MASK 0xfc00
#define BEYOND_PLANE0 0x10000
#define UNICODE_END 0x110000

/**
 * struct sink - where text goes
 * @size: bytes at @to
 * @n:    bytes of the text so far, also those that did not fit
 */
struct sink {
	char *to;
	size_t size, n;
};

static void put(struct sink *s, uint32_t byte)
{
	if (s->n + 1 < s->size)
		s->to[s->n] = (char)byte;
	s->n++;
}

static void put_character(struct sink *s, uint32_t c)
{
	if (c < 0x80) {
		put(s, c);
		return;
	}
	if (c >= BEYOND_PLANE0) {
		put(s, 0xf0 | c >> 18);
		put(s, 0x80 | (c >> 12 & 0x3f));
	} else if (c >= 0x800) {
		put(s, 0xe0 | c >> 12);
	}
	put(s, c < 0x800 ? 0xc0 | c >> 6 : 0x80 | (c >> 6 & 0x3f));
	put(s, 0x80 | (c & 0x3f));
}

static size_t finish(struct sink *s)
{
	s->to[s->n < s->size ? s->n : s->size - 1] = '\0';
	return s->n;
}

static bool is_high(uint32_t c)
{
	return (c & SURROGATE_MASK) == HIGH_SURROGATE;
}

static bool is_low(uint32_t c)
{
	return (c & SURROGATE_MASK) == LOW_SURROGATE;
}

/* C0 and C1 controls and DEL, which belong neither in a command line nor on a terminal. */
static bool is_control(uint32_t c)
{
	return c < ' ' || (c >= 0x7f && c < 0xa0);
}

/* Read the character at *@at, and move *@at after it. */
static uint32_t next_character(struct span from, uint64_t *at)
{
	uint32_t c = rd16(from, *at), low = rd16(from, *at + 2);

	*at += 2;
	if (is_high(c) && is_low(low)) {
		*at += 2;
		return BEYOND_PLANE0 + ((c - HIGH_SURROGATE) << 10) + (low - LOW_SURROGATE);
	}
	return is_high(c) || is_low(c) ? REPLACEMENT : c;
}

size_t text_from_utf16(char *to, size_t size, struct span from)
{
	struct sink s = { to, size, 0 };
	uint64_t at = rd16(from, 0) == BYTE_ORDER_MARK ? 2 : 0;

	while (rd16(from, at)) {
		uint32_t c = next_character(from, &at);

		put_character(&s, is_control(c) ? ' ' : c);
	}
	return finish(&s);
}

/* How many bytes a character has whose first byte is this; 0 if none begins so. */
static uint32_t length_of(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Read the character at *@from, and move *@from after it; skips one byte if that is no UTF-8. */
static uint32_t take_character(const char **from)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, BEYOND_PLANE0 };
	const uint8_t *p = (const uint8_t *)*from;
	uint32_t n = length_of(*p), c = n < 2 ? *p : *p & (0x7fu >> n);

	for (uint32_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			n = 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	*from += n ? n : 1;
	return !n || c < least[n] || c >= UNICODE_END || is_high(c) || is_low(c) ? REPLACEMENT : c;
}

size_t text_to_utf16(uint16_t *to, size_t count, const char *from)
{
	size_t n = 0;

	while (*from) {
		uint32_t c = take_character(&from), wide = c >= BEYOND_PLANE0;

		if (n + wide + 1 < count && wide) {
			to[n] = (uint16_t)(HIGH_SURROGATE + ((c - BEYOND_PLANE0) >> 10));
			to[n + 1] = (uint16_t)(LOW_SURROGATE + (c & 0x3ff));
		} else if (n + 1 < count) {
			to[n] = (uint16_t)c;
		}
		n += 1 + wide;
	}
	to[n < count ? n : count - 1] = 0;
	return n;
}

static bool is_printable(uint32_t c)
{
	return c >= ' ' && c < 0x7f;
}

static bool is_blank(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r';
}

/* Whether this is 8-bit text, followed only by NULs. */
static bool is_8bit(struct span options)
{
	size_t n = span_text(options).len;

	for (size_t i = 0; i < options.len; i++)
		if (i < n ? !is_printable(options.p[i]) && !is_blank(options.p[i]) : options.p[i])
			return false;
	/* One letter and a NUL may also be UTF-16. */
	return n > 1;
}

static bool is_utf16(struct span options)
{
	uint32_t printable = 0, n = 0;

	for (; rd16(options, 2ull * n); n++)
		printable += is_printable(rd16(options, 2ull * n));
	return printable && 3 * printable >= n;
}

size_t text_from_options(char *to, size_t size, struct span options)
{
	struct sink s = { to, size, 0 };

	if (!is_8bit(options))
		return is_utf16(options) ? text_from_utf16(to, size, options) : finish(&s);
	for (uint64_t at = 0; rd8(options, at); at++)
		put(&s, is_printable(rd8(options, at)) ? rd8(options, at) : ' ');
	return finish(&s);
}
