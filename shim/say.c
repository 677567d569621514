// SPDX-License-Identifier: BSD-2-Clause
/*
 * say(): lines for people.  Called from everywhere; the bytes go where the world's
 * console_write() puts them.  Any ring.
 */
#include "protocol/say.h"

#include "protocol/lib.h"

#define LINE 512

void say(const char *fmt, ...)
{
	char line[LINE];
	va_list ap;

	va_start(ap, fmt);
	vformat(line, sizeof(line), fmt, ap);
	va_end(ap);
	console_write(line, strlen(line));
}
