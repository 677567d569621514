// SPDX-License-Identifier: BSD-2-Clause
/*
 * The ways out of the tool.  Called from everywhere in it; one that is not success writes one
 * line to stderr.
 */
#define _GNU_SOURCE
#include "iso/reject.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "iso/progress.h"
#include "iso/terminal.h"

/* A function of output.c that must run first, once there are outputs. */
static void (*before)(void);

/* One line, even if a name in it has newlines. */
__attribute__((format(printf, 1, 0))) static void print(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		return;
	terminal_clean(text, strlen(text) + 1, text, false);
	fputs(text, stderr);
	free(text);
}

__attribute__((format(printf, 1, 2))) static void print_words(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print(format, args);
	va_end(args);
}

__attribute__((format(printf, 2, 0))) static void print_line(const char *file, const char *format,
							     va_list args)
{
	print_words("lintel: %s: ", file);
	print(format, args);
	fputc('\n', stderr);
}

void reject(const char *file, const char *format, ...)
{
	va_list args;

	reject_undo();
	progress_clear();
	va_start(args, format);
	print_line(file, format, args);
	va_end(args);
	exit(STATUS_REFUSED);
}

void notice(const char *file, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(file, format, args);
	va_end(args);
}

void reject_after(void (*undo)(void))
{
	before = undo;
}

void reject_undo(void)
{
	if (before)
		before();
}

/* Text that was printed may still be in a buffer, and the descriptor's end may have an error
 * to report that no write() had: close() tells it, of a copy, so that stdout stays. */
void printed(void)
{
	int copy;

	errno = 0;
	if (fflush(stdout) || ferror(stdout))
		reject("stdout", "cannot be written, its text is lost: %s",
		       strerror(errno ? errno : EIO));
	copy = dup(STDOUT_FILENO);
	if (copy >= 0 && close(copy))
		reject("stdout", "cannot be written, its text is lost: %s", strerror(errno));
}

void usage_error(const char *subcommand, const char *format, ...)
{
	va_list args;

	fputs("lintel: ", stderr);
	va_start(args, format);
	print(format, args);
	va_end(args);
	fprintf(stderr, ", see `lintel%s%s --help`\n", subcommand ? " " : "",
		subcommand ? subcommand : "");
	exit(STATUS_USAGE);
}
