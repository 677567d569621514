// SPDX-License-Identifier: BSD-2-Clause
/*
 * The ways out of the tool but for success.  Called from everywhere in it; writes one line
 * to stderr.
 */
#include "iso/reject.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "iso/progress.h"

/* What output.c wants done first, once there are outputs. */
static void (*before)(void);

void reject(const char *file, const char *format, ...)
{
	va_list args;

	if (before)
		before();
	progress_clear();
	fprintf(stderr, "lintel: %s: ", file);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(STATUS_REFUSED);
}

void reject_after(void (*undo)(void))
{
	before = undo;
}

void usage_error(const char *subcommand, const char *format, ...)
{
	va_list args;

	fputs("lintel: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ", see `lintel %s --help`\n", subcommand);
	exit(STATUS_USAGE);
}
