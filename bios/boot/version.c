// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which of two versions is the newer: the order of the UAPI group's version format
 * (UAPI.10), by which boot loaders sort EFI/Linux/NAME.efi.
 * Called by fat.c; pure.
 */
#include "bios/boot/volume.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_separator(char c)
{
	return c == '~' || c == '-' || c == '^' || c == '.';
}

static const char *skip_other(const char *s)
{
	while (*s && !is_digit(*s) && !is_letter(*s) && !is_separator(*s))
		s++;
	return s;
}

static int sign(int a, int b)
{
	return (a > b) - (a < b);
}

static size_t span_of(const char *s, bool (*is)(char))
{
	size_t n = 0;

	while (is(s[n]))
		n++;
	return n;
}

static int compare_text(const char *a, size_t n, const char *b, size_t m)
{
	for (size_t i = 0; i < n && i < m; i++)
		if (a[i] != b[i])
			return sign((unsigned char)a[i], (unsigned char)b[i]);
	return (n > m) - (n < m);
}

static int compare_number(const char *a, size_t n, const char *b, size_t m)
{
	if (!n || !m)
		return (n > 0) - (m > 0);
	for (; n && *a == '0'; n--)
		a++;
	for (; m && *b == '0'; m--)
		b++;
	if (n != m)
		return n > m ? 1 : -1;
	return compare_text(a, n, b, m);
}

/* A part of digits or of letters at the front of both, which is skipped. */
static int compare_part(const char **a, const char **b)
{
	bool digits = is_digit(**a) || is_digit(**b);
	size_t n = span_of(*a, digits ? is_digit : is_letter);
	size_t m = span_of(*b, digits ? is_digit : is_letter);
	int order = digits ? compare_number(*a, n, *b, m) : compare_text(*a, n, *b, m);

	*a += n;
	*b += m;
	return order;
}

/* Whoever has the separator here is the older; where both have it, it is skipped. */
static int compare_separator(const char **a, const char **b, char separator)
{
	int order = sign(**a != separator, **b != separator);

	if (!order && **a == separator) {
		++*a;
		++*b;
	}
	return order;
}

int version_compare(const char *a, const char *b)
{
	for (;;) {
		int order;

		a = skip_other(a);
		b = skip_other(b);
		order = compare_separator(&a, &b, '~');
		if (!order && (!*a || !*b))
			return sign(*a != '\0', *b != '\0');
		for (const char *s = "-^."; !order && *s; s++)
			order = compare_separator(&a, &b, *s);
		if (!order)
			order = compare_part(&a, &b);
		if (order)
			return order;
	}
}
