// SPDX-License-Identifier: BSD-2-Clause
/*
 * Lets protocol/ look at an input file: the code that will boot the file is the
 * code that accepts it.  Here is what protocol/ asks of every world: bytes at an
 * address, a console, the end after a refusal.
 */
#include "iso/examine.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "iso/file.h"
#include "iso/reject.h"
#include "protocol/say.h"

#define LINE 512

/* What a refusal is about. */
static const char *examined;
/* Where a refusal leads to, other than to the end. */
static jmp_buf *trying;
static char refusal[LINE];

static void put_error(const char *text)
{
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		_exit(STATUS_REFUSED);
}

/* What read() says by an error, a mapping says by a signal; no output exists yet. */
_Noreturn static void unreadable(int sig)
{
	(void)sig;
	put_error("lintel: ");
	put_error(examined);
	put_error(": cannot be read: it became shorter, or its disk is damaged\n");
	_exit(STATUS_REFUSED);
}

struct span examine_file(const struct file *f)
{
	struct span s = { NULL, (size_t)f->size };
	void *map;

	examined = f->path;
	if (!s.len)
		return s;
	/* From the beginning: a mapping begins at a page, a part need not. */
	map = mmap(NULL, (size_t)f->base + s.len, PROT_READ, MAP_PRIVATE, f->fd, 0);
	if (map == MAP_FAILED)
		reject(f->path, "cannot be mapped into memory: %s", strerror(errno));
	signal(SIGBUS, unreadable);
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
	fputs(line, stderr);
}

/* The number is for a console's one line; here is room for the file's name. */
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
