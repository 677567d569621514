// SPDX-License-Identifier: BSD-2-Clause
/*
 * die(): the line of a refusal.  Called from everywhere; then the world's refuse() is
 * called.  Any ring.  The boot loader of BIOS media has a die() of its own, since it may
 * have another image to try (bios/boot/refuse.c).
 */
#include "protocol/say.h"

#define LINE 512

void die(enum error e, const char *fmt, ...)
{
	char line[LINE];
	va_list ap;

	va_start(ap, fmt);
	vformat(line, sizeof(line), fmt, ap);
	va_end(ap);
	/* Begin a new line, since the cursor may be anywhere. */
	say("\nlintel: E%02u %s\n", (unsigned)e, line);
	refuse();
}
