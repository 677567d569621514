// SPDX-License-Identifier: BSD-2-Clause
/*
 * say(): lines for people.  Called from everywhere; the world's console_write() writes the
 * bytes.  Any ring.
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
