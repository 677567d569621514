// SPDX-License-Identifier: BSD-2-Clause
/*
 * Lets protocol/ look at an input file: the code that will boot the file is the
 * code that accepts it.  This file has the functions that protocol/ needs and that each
 * environment (PC, UEFI, Xen, this tool) writes for itself: bytes at an address, a console,
 * and what happens after a refusal.  Called by every subcommand.
 */
#include "iso/examine.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "iso/child.h"
#include "iso/file.h"
#include "iso/reject.h"
#include "iso/terminal.h"
#include "protocol/say.h"

#define LINE 512

/* The path of the file that protocol/ looks at: each refusal begins with it. */
static char examined[4096];
/* Where to go on after a refusal; NULL: the tool ends. */
static jmp_buf *trying;
static char refusal[LINE];

static void put_error(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		_exit(STATUS_REFUSED);
}

/* Where read() returns an error, a mapping raises a signal.  All that is called here may be called
 * by a handler. */
_Noreturn static void unreadable(int sig)
{
	(void)sig;
	child_end();
	reject_undo();
	put_error("lintel: ");
	put_error(examined);
	put_error(": cannot be read: it became shorter, or its disk is damaged\n");
	_exit(STATUS_REFUSED);
}

struct span examine_file(const struct file *f)
{
	const struct sigaction action = { .sa_handler = unreadable };
	struct span s = { NULL, (size_t)f->size };
	void *map;

	terminal_clean(examined, sizeof(examined), f->path, false);
	if (!s.len)
		return s;
	/* Map from the file's beginning, since a mapping must begin at a page, and a part
	 * of a file may begin anywhere. */
	map = mmap(NULL, (size_t)f->base + s.len, PROT_READ, MAP_PRIVATE, f->fd, 0);
	if (map == MAP_FAILED)
		reject(f->path, "cannot be mapped into memory: %s", strerror(errno));
	sigaction(SIGBUS, &action, NULL);
	s.p = (const uint8_t *)map + f->base;
	return s;
}

void *memory_at(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

struct span span_at(uint64_t base, uint64_t size)
{
	return (struct span){ (const uint8_t *)(uintptr_t)base, (size_t)size };
}

void say(const char *fmt, ...)
{
	char line[LINE];
	va_list ap;

	va_start(ap, fmt);
	vformat(line, sizeof(line), fmt, ap);
	va_end(ap);
	terminal_clean(line, sizeof(line), line, true);
	fputs(line, stderr);
}

/* The E-number is left out: it is meant for boot consoles, which have only one short line. */
void die(enum error e, const char *fmt, ...)
{
	char line[LINE];
	va_list ap;

	(void)e;
	va_start(ap, fmt);
	vformat(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (trying) {
		memcpy(refusal, line, sizeof(refusal));
		longjmp(*trying, 1);
	}
	reject(examined, "%s", line);
}

const char *examine_try(void (*act)(void *), void *arg)
{
	jmp_buf here;

	if (setjmp(here)) {
		trying = NULL;
		return refusal;
	}
	trying = &here;
	act(arg);
	trying = NULL;
	return NULL;
}
