// SPDX-License-Identifier: BSD-2-Clause
/*
 * A small printf: %s %c %u %x %%, with l, ll and a zero-padded or blank-padded width.
 * Called by say() and die(), and to make lines.  Pure; any world.
 */
#include "protocol/say.h"

struct out {
	char *buf;
	size_t size, len;
};

static void put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void put_number(struct out *o, uint64_t n, uint32_t base, uint32_t width, char pad)
{
	char digit[20];
	uint32_t i = 0;

	do {
		digit[i++] = "0123456789abcdef"[n % base];
		n /= base;
	} while (n);
	for (uint32_t w = i; w < width; w++)
		put(o, pad);
	while (i)
		put(o, digit[--i]);
}

static void put_string(struct out *o, const char *s)
{
	while (*s)
		put(o, *s++);
}

size_t vformat(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { buf, size, 0 };

	for (; *fmt; fmt++) {
		uint32_t width = 0, longs = 0;
		char pad = ' ';

		if (*fmt != '%') {
			put(&o, *fmt);
			continue;
		}
		if (*++fmt == '0')
			pad = *fmt++;
		while (*fmt >= '0' && *fmt <= '9')
			width = width * 10 + (uint32_t)(*fmt++ - '0');
		while (*fmt == 'l' && ++longs)
			fmt++;
		if (*fmt == 's')
			put_string(&o, va_arg(ap, const char *));
		else if (*fmt == 'c')
			put(&o, (char)va_arg(ap, int));
		else if (*fmt == 'u' || *fmt == 'x')
			put_number(&o,
				   longs > 1 ? va_arg(ap, unsigned long long) :
				   longs     ? va_arg(ap, unsigned long) :
					       va_arg(ap, unsigned),
				   *fmt == 'u' ? 10 : 16, width, pad);
		else
			put(&o, *fmt);
	}
	if (size)
		buf[o.len < size ? o.len : size - 1] = '\0';
	return o.len;
}

size_t format(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	len = vformat(buf, size, fmt, ap);
	va_end(ap);
	return len;
}

void format_hex(char *to, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < 2 * n; i++)
		to[i] = "0123456789abcdef"[bytes[i / 2] >> (i % 2 ? 0 : 4) & 15];
	to[2 * n] = '\0';
}
