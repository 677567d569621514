// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which of two versions is the newer: the order of the UAPI group's version format
 * (UAPI.10), by which boot loaders sort EFI/Linux/NAME.efi, and of such names (UAPI.1).
 * Called by bios/boot/fat.c, so it is 16-bit code too, and by efi/; pure.
 */
#include "protocol/version.h"

#include <stddef.h>
#include <stdint.h>

#define SUFFIX 4u /* ".efi" */
#define UNCOUNTED UINT32_MAX
#define COUNT_MAX 100000000u

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

/* Compare the digits or the letters at the beginning of both, and skip them. */
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

/* If only one version has the separator here, it is the older one; if both have it, skip it. */
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

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t length(const char *s)
{
	size_t n = 0;

	while (n < VERSION_NAME_MAX && s[n])
		n++;
	return n;
}

bool version_is_image(const char *name)
{
	size_t n = length(name);

	for (size_t i = 0; i < SUFFIX; i++)
		if (n <= SUFFIX || lower(name[n - SUFFIX + i]) != ".efi"[i])
			return false;
	return true;
}

/**
 * struct counted - a file name taken apart
 * @name: without counter and suffix, in small letters, since FAT ignores case
 * @left: how many tries are left
 * @done: how many tries were made
 */
struct counted {
	char name[VERSION_NAME_MAX + 1];
	uint32_t left, done;
};

/* Read the digits before @end, if @mark comes before them; @end then becomes the place of @mark. */
static bool number_before(const char *s, size_t *end, char mark, uint32_t *value)
{
	size_t at = *end;

	while (at && is_digit(s[at - 1]))
		at--;
	if (at == *end || !at || s[at - 1] != mark)
		return false;
	*value = 0;
	for (size_t i = at; i < *end; i++)
		if (*value < COUNT_MAX)
			*value = *value * 10 + (uint32_t)(s[i] - '0');
	*end = at - 1;
	return true;
}

static size_t counter_take(struct counted *c, const char *name, size_t end)
{
	size_t at = end;

	c->done = 0;
	if (number_before(name, &at, '+', &c->left) ||
	    (number_before(name, &at, '-', &c->done) && number_before(name, &at, '+', &c->left)))
		return at;
	c->done = 0;
	c->left = UNCOUNTED;
	return end;
}

static void counted_take(struct counted *c, const char *name)
{
	size_t end = length(name) - (version_is_image(name) ? SUFFIX : 0);

	end = counter_take(c, name, end);
	for (size_t i = 0; i < end; i++)
		c->name[i] = lower(name[i]);
	c->name[end] = '\0';
}

static int compare_letters(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return sign((unsigned char)lower(*a), (unsigned char)lower(*b));
}

int version_compare_images(const char *a, const char *b)
{
	struct counted x, y;
	int order;

	counted_take(&x, a);
	counted_take(&y, b);
	order = sign(x.left != 0, y.left != 0);
	if (!order)
		order = version_compare(x.name, y.name);
	if (!order && x.left != y.left)
		order = x.left > y.left ? 1 : -1;
	if (!order && x.done != y.done)
		order = x.done < y.done ? 1 : -1;
	return order ? order : compare_letters(a, b);
}
