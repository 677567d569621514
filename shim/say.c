// SPDX-License-Identifier: BSD-2-Clause
/*
 * say() and die(): lines for people.  Called from everywhere; the bytes go where
 * the world's console_write() puts them, and what follows a refusal is the world's
 * refuse().  Any ring.
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

void die(enum error e, const char *fmt, ...)
{
	char line[LINE];
	va_list ap;

	va_start(ap, fmt);
	vformat(line, sizeof(line), fmt, ap);
	va_end(ap);
	/* On a line of its own, wherever the loader left the cursor. */
	say("\nlintel: E%02u %s\n", (unsigned)e, line);
	refuse();
}
