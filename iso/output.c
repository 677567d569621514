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
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "iso/allocate.h"
#include "iso/child.h"
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
	child_end();
	remove_outputs();
	/* SA_RESETHAND has restored the default: this second signal ends the process. */
	raise(sig);
}

/* A signal that the caller ignores (nohup) stays ignored, and one that has a handler (SIGBUS,
 * examine.c) keeps it. */
static void catch_signal(int sig)
{
	struct sigaction old;
	struct sigaction new = { .sa_handler = interrupted, .sa_flags = (int)SA_RESETHAND };

	sigfillset(&new.sa_mask);
	if (sigaction(sig, NULL, &old) == 0 && old.sa_handler == SIG_DFL)
		sigaction(sig, &new, NULL);
}

/* Every signal that ends a process by default, so all but these. */
static void catch_signals(void)
{
	sigset_t harmless;

	sigemptyset(&harmless);
	sigaddset(&harmless, SIGCHLD);
	sigaddset(&harmless, SIGCONT);
	sigaddset(&harmless, SIGTSTP);
	sigaddset(&harmless, SIGTTIN);
	sigaddset(&harmless, SIGTTOU);
	sigaddset(&harmless, SIGURG);
	sigaddset(&harmless, SIGWINCH);
	/* So that write() fails with EFBIG at a file size limit, and the user gets a line. */
	signal(SIGXFSZ, SIG_IGN);
	for (int sig = 1; sig <= SIGRTMAX; sig++)
		if (!sigismember(&harmless, sig))
			catch_signal(sig);
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

/* Where the file goes: a symbolic link is followed, as cp does, so that it stays one. */
static const char *find_place(const char *path)
{
	struct stat st;
	char *place;

	if (lstat(path, &st) < 0 || !S_ISLNK(st.st_mode))
		return path;
	place = realpath(path, NULL);
	if (!place)
		reject(path, "is a symbolic link that cannot be followed: %s", strerror(errno));
	return place;
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
	o->place = find_place(path);
	o->temporary = temporary_name(o->place);
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

/* A file system that cannot do it says EINVAL, and a directory may be writable but not
 * readable: neither is a fault. */
static void sync_path(const struct output *o, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (fsync(fd) < 0 && errno != EINVAL && errno != EROFS)
		reject(o->path, "cannot be written: %s", strerror(errno));
	close(fd);
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory = joined(slash ? path : ".", "");

	if (slash)
		directory[slash + 1 - path] = '\0';
	return directory;
}

static void give_name(struct output *o)
{
	if (rename(o->temporary, o->place) < 0)
		reject(o->path, "cannot be renamed from %s: %s", o->temporary, strerror(errno));
	o->temporary = NULL;
}

/* What is named is on the disk first, whole: after a power cut there is the old or the new
 * file.  No signal comes between the names, and no other run that has the same first place,
 * so that both faces are of one run. */
void outputs_commit(struct output *const o[], int n)
{
	sigset_t all, old;
	int lock;

	for (int i = 0; i < n; i++)
		sync_path(o[i], o[i]->temporary);
	sigfillset(&all);
	lock = open(directory_of(o[0]->place), O_RDONLY | O_CLOEXEC);
	if (lock >= 0)
		flock(lock, LOCK_EX);
	sigprocmask(SIG_SETMASK, &all, &old);
	for (int i = 0; i < n; i++)
		give_name(o[i]);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (lock >= 0)
		close(lock);
	for (int i = 0; i < n; i++)
		sync_path(o[i], directory_of(o[i]->place));
}

void output_drop(struct output *o)
{
	unlink(o->temporary);
	o->temporary = NULL;
}
