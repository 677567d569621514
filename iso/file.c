// SPDX-License-Identifier: BSD-2-Clause
/*
 * Input files, output files and the way out.  Called by every subcommand.
 *
 * An output is written beside its place and renamed over it when all is well,
 * so a failure never costs the user the file that was there.  The list of
 * unfinished outputs is what reject() and the signal handler clean up.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "iso/tool.h"

static struct file *inputs;
static struct output *outputs;

/* Async-signal-safe: unlink() and nothing else. */
static void outputs_remove(void)
{
	for (struct output *o = outputs; o; o = o->next)
		if (o->temporary)
			unlink(o->temporary);
}

static void interrupted(int sig)
{
	outputs_remove();
	/* SA_RESETHAND has restored the default, which is to die of it. */
	raise(sig);
}

/* A signal that the caller ignores (nohup) stays ignored. */
static void catch_signal(int sig)
{
	struct sigaction old;
	struct sigaction new = { .sa_handler = interrupted, .sa_flags = (int)SA_RESETHAND };

	if (sigaction(sig, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(sig, &new, NULL);
}

static void catch_signals(void)
{
	catch_signal(SIGHUP);
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
	/* A file size limit is a write error like any other, with its line. */
	signal(SIGXFSZ, SIG_IGN);
}

void reject(const char *file, const char *format, ...)
{
	va_list args;

	outputs_remove();
	progress_clear();
	fprintf(stderr, "lintel: %s: ", file);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(STATUS_REFUSED);
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

void *allocate(size_t n)
{
	void *p = calloc(1, n ? n : 1);

	if (!p)
		reject("memory", "%zu bytes were asked for and there are none", n);
	return p;
}

char *joined(const char *a, const char *b)
{
	size_t size = strlen(a) + strlen(b) + 1;
	char *text = allocate(size);

	snprintf(text, size, "%s%s", a, b);
	return text;
}

struct file *file_open(const char *path)
{
	struct file *f = allocate(sizeof(*f));
	struct stat st;

	/* O_NONBLOCK: a named pipe is refused below, not waited for. */
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (f->fd < 0 || fstat(f->fd, &st) < 0)
		reject(path, "cannot be opened: %s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		reject(path, "is not a regular file: its size must be known, copy it to one");
	f->path = path;
	f->size = (uint64_t)st.st_size;
	f->dev = st.st_dev;
	f->ino = st.st_ino;
	f->next = inputs;
	inputs = f;
	return f;
}

struct file *file_part(const struct file *f, uint64_t off, uint64_t size, const char *path)
{
	struct file *part = allocate(sizeof(*part));

	*part = *f;
	part->path = path;
	part->base = f->base + off;
	part->size = size;
	return part;
}

void file_read(const struct file *f, uint64_t off, void *buf, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = pread(f->fd, (uint8_t *)buf + done, n - done,
				    (off_t)(f->base + off + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			reject(f->path, "cannot be read at offset %llu: %s",
			       (unsigned long long)(off + done), strerror(errno));
		if (got == 0)
			reject(f->path, "ends at offset %llu of %llu: it changed, try again",
			       (unsigned long long)(off + done), (unsigned long long)f->size);
		done += (size_t)got;
	}
}

uint8_t *file_load(const struct file *f, uint64_t limit)
{
	uint8_t *p;

	if (f->size > limit)
		reject(f->path, "is %llu bytes long, at most %llu are expected: right file?",
		       (unsigned long long)f->size, (unsigned long long)limit);
	p = allocate((size_t)f->size);
	file_read(f, 0, p, (size_t)f->size);
	return p;
}

static void output_check(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return;
	if (!S_ISREG(st.st_mode))
		reject(path, "exists and is not a regular file: name another output");
	for (const struct file *f = inputs; f; f = f->next)
		if (f->dev == st.st_dev && f->ino == st.st_ino)
			reject(path, "is the input %s too: name another output", f->path);
}

/* "dir/.lintel.XXXXXX": short, so that a long name of the output does not matter. */
static char *temporary_name(const char *path)
{
	static const char name[] = ".lintel.XXXXXX";
	const char *slash = strrchr(path, '/');
	size_t dir = slash ? (size_t)(slash + 1 - path) : 0;
	char *temporary = allocate(dir + sizeof(name));

	memcpy(temporary, path, dir);
	memcpy(temporary + dir, name, sizeof(name));
	return temporary;
}

struct output *output_begin(const char *path)
{
	struct output *o = allocate(sizeof(*o));
	mode_t mask = umask(0);

	umask(mask);
	output_check(path);
	o->path = path;
	o->temporary = temporary_name(path);
	if (!outputs)
		catch_signals();
	/* In the list before it exists: a signal finds it at any moment. */
	o->next = outputs;
	outputs = o;
	o->fd = mkstemp(o->temporary);
	if (o->fd < 0) {
		int error = errno;

		/* mkstemp may leave its last attempt, a name that somebody else has. */
		o->temporary = NULL;
		reject(path, "cannot be created: %s", strerror(error));
	}
	if (fchmod(o->fd, 0644 & ~mask) < 0)
		reject(path, "cannot be given its mode: %s", strerror(errno));
	return o;
}

void output_write(const struct output *o, const void *buf, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t put = write(o->fd, (const uint8_t *)buf + done, n - done);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			reject(o->path, "cannot be written: %s", strerror(errno));
		done += (size_t)put;
	}
}

void output_write_at(const struct output *o, uint64_t off, const void *buf, size_t n)
{
	if (lseek(o->fd, (off_t)off, SEEK_SET) < 0)
		reject(o->path, "cannot be written: %s", strerror(errno));
	output_write(o, buf, n);
}

void output_finish(struct output *o)
{
	if (close(o->fd) < 0)
		reject(o->path, "cannot be written: %s", strerror(errno));
	o->fd = -1;
}

void output_commit(struct output *o)
{
	if (rename(o->temporary, o->path) < 0)
		reject(o->path, "cannot be renamed from %s: %s", o->temporary, strerror(errno));
	o->temporary = NULL;
}

void output_drop(struct output *o)
{
	unlink(o->temporary);
	o->temporary = NULL;
}
