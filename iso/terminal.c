// SPDX-License-Identifier: BSD-2-Clause
/*
 * Text that no terminal obeys.  Called wherever the tool prints what it did not write itself.
 * Touches nothing but the text; a signal's handler may use what was made before.
 */
#include "iso/terminal.h"

#include <stdint.h>

/* The second byte of a character by its first, where it is not 80 to BF: the shortest form
 * only, or a control character could hide in a longer one; no surrogates; up to U+10FFFF. */
static bool is_odd(const uint8_t *s)
{
	return (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] >= 0xa0) ||
	       (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] >= 0x90);
}

/* Bytes of the UTF-8 character at @s; 0 for none. */
static size_t character(const uint8_t *s)
{
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;

	if ((s[0] >= 0x80 && s[0] < 0xc2) || s[0] > 0xf4 || is_odd(s))
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* U+0000 to U+001F, U+007F, and U+0080 to U+009F, which are C2 80 to C2 9F. */
static bool is_control(const uint8_t *s, size_t n)
{
	return n == 1 ? s[0] < ' ' || s[0] == 0x7f : n == 2 && s[0] == 0xc2 && s[1] < 0xa0;
}

void terminal_clean(char *to, size_t size, const char *text, bool lines)
{
	const uint8_t *s = (const uint8_t *)text;
	size_t done = 0;

	while (*s) {
		size_t n = character(s);
		bool stays = lines && (*s == '\n' || *s == '\t');
		char instead = !n ? '?' : !stays && is_control(s, n) ? ' ' : '\0';
		size_t put = instead ? 1 : n;

		if (done + put >= size)
			break;
		for (size_t i = 0; i < put; i++)
			to[done + i] = instead ? instead : (char)s[i];
		done += put;
		s += n ? n : 1;
	}
	to[done] = '\0';
}
