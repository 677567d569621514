// SPDX-License-Identifier: BSD-2-Clause
/*
 * Output files.  Called by every subcommand that writes one.
 *
 * An output is written beside its place and renamed over it when all is well,
 * so that a failure leaves the file that was there before.  The list of
 * unfinished outputs is what reject() and the signal handler clean up.
 */
#include "iso/output.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "iso/allocate.h"
#include "iso/file.h"
#include "iso/reject.h"

static struct output *outputs;

/* Async-signal-safe: unlink() and nothing else. */
static void remove_outputs(void)
{
	for (struct output *o = outputs; o; o = o->next)
		if (o->temporary)
			unlink(o->temporary);
}

static void interrupted(int sig)
{
	remove_outputs();
	/* SA_RESETHAND has restored the default: this second signal ends the process. */
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
	/* So that write() fails with EFBIG at a file size limit, and the user gets a line. */
	signal(SIGXFSZ, SIG_IGN);
}

static void check_place(const char *path)
{
	const struct file *f;
	struct stat st;

	if (stat(path, &st) < 0)
		return;
	if (!S_ISREG(st.st_mode))
		reject(path, "exists and is not a regular file: name another output");
	f = file_same(&st);
	if (f)
		reject(path, "is the input %s too: name another output", f->path);
}

/* "dir/.lintel.XXXXXX": short, so that it fits even where the output's own name is very long. */
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
	check_place(path);
	o->path = path;
	o->temporary = temporary_name(path);
	if (!outputs) {
		catch_signals();
		reject_after(remove_outputs);
	}
	/* Added to the list before it exists, so that a signal at any moment finds it. */
	o->next = outputs;
	outputs = o;
	o->fd = mkstemp(o->temporary);
	if (o->fd < 0) {
		int error = errno;

		/* mkstemp may have stored the last name that it tried; that file is not ours. */
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

void output_extend(const struct output *o, uint64_t size)
{
	if (ftruncate(o->fd, (off_t)size) < 0)
		reject(o->path, "cannot be written: %s", strerror(errno));
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
