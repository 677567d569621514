// SPDX-License-Identifier: BSD-2-Clause
/*
 * Input files.  Called by every subcommand.  Touches nothing but the files that the user
 * names, and those for reading only.
 */
#include "iso/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "iso/allocate.h"
#include "iso/reject.h"

static struct file *inputs;

static struct file *add_input(const char *path, int fd)
{
	struct file *f = allocate(sizeof(*f));
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		reject(path, "cannot be opened: %s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		reject(path, "is a directory: name a file in it");
	f->fd = fd;
	f->path = path;
	f->size = (uint64_t)st.st_size;
	f->dev = st.st_dev;
	f->ino = st.st_ino;
	f->is_regular = S_ISREG(st.st_mode);
	f->next = inputs;
	inputs = f;
	return f;
}

struct file *file_open(const char *path)
{
	/* O_NONBLOCK: a named pipe is refused below; without it open() would wait for a writer. */
	struct file *f = add_input(path, open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK));

	if (!f->is_regular)
		reject(path, "is not a regular file: its size must be known, copy it to one");
	return f;
}

/* Up to one byte more than @limit, so that whoever loads it sees that it is too long. */
static void copy_stream(const struct file *from, int to, uint64_t limit)
{
	uint8_t buffer[4096];
	uint64_t done = 0;
	ssize_t got;

	while (done <= limit && (got = read(from->fd, buffer, sizeof(buffer))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			reject(from->path, "cannot be read: %s", strerror(errno));
		if (write(to, buffer, (size_t)got) != got)
			reject(from->path, "cannot be copied: %s", strerror(errno));
		done += (uint64_t)got;
	}
}

static struct file *open_stdin(void)
{
	static bool taken;

	if (taken)
		reject("stdin", "can be read only once: copy it to a file, and name that");
	taken = true;
	return add_input("stdin", dup(STDIN_FILENO));
}

static struct file *copy_of(const struct file *f, uint64_t limit)
{
	FILE *copy = tmpfile();

	if (!copy)
		reject(f->path, "no temporary file for what is in it: %s", strerror(errno));
	copy_stream(f, fileno(copy), limit);
	close(f->fd);
	return add_input(f->path, fileno(copy));
}

struct file *file_open_stream(const char *path, uint64_t limit)
{
	bool is_stdin = !strcmp(path, "-");
	struct file *f = inputs;

	while (f && f->stream != path)
		f = f->next;
	if (f)
		return f;
	f = is_stdin ? open_stdin() : add_input(path, open(path, O_RDONLY | O_CLOEXEC));
	if (!f->is_regular || !f->size || is_stdin)
		f = copy_of(f, limit);
	f->stream = path;
	return f;
}

struct file *file_open_any(const char *path)
{
	struct stat st;

	/* Files of /proc have the size 0, whatever is in them. */
	if (!strcmp(path, "-") ||
	    (!stat(path, &st) && (S_ISFIFO(st.st_mode) || (S_ISREG(st.st_mode) && !st.st_size))))
		return file_open_stream(path, FILE_MAX);
	return file_open(path);
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

const struct file *file_same(const struct stat *st)
{
	const struct file *f = inputs;

	while (f && (f->dev != st->st_dev || f->ino != st->st_ino))
		f = f->next;
	return f;
}
