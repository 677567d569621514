/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input files.  Each stays open until the program ends.
 */
#ifndef ISO_FILE_H
#define ISO_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* No image is larger. */
#define FILE_MAX UINT32_MAX

/**
 * struct file - an input file
 * @path: as the user gave it
 * @fd:   open for reading until the process ends
 * @base: offset in the open file at which it begins; not 0 where it is a part of that file
 * @size: bytes; reading refuses where fewer are there
 * @is_regular: not a pipe, a directory, or a device
 * @dev, @ino: which file it is, by whatever name it was opened
 * @stream: what file_open_stream() was given; NULL for other files
 * @next: every open input is in one list, so that no output replaces an input
 */
struct file {
	const char *path;
	int fd;
	uint64_t base, size;
	bool is_regular;
	dev_t dev;
	ino_t ino;
	const char *stream;
	struct file *next;
};

/** file_open() - open a regular file or refuse */
struct file *file_open(const char *path);

/** file_open_any() - like file_open(), also a pipe, "-" for stdin, or a file whose size is not
 *  known; at most FILE_MAX bytes */
struct file *file_open_any(const char *path);

/**
 * file_open_stream() - like file_open(), also a pipe, "-" for stdin, or a file whose size is
 * not known, such as those of /proc; of these, not much more than @limit bytes are read
 *
 * Of one string @path each call returns the same file.  Another "-" is refused, since nothing
 * is left in stdin.
 */
struct file *file_open_stream(const char *path, uint64_t limit);

/** file_part() - @size bytes at @off of an open file as a file of its own, called @path */
struct file *file_part(const struct file *f, uint64_t off, uint64_t size, const char *path);

/** file_read() - exactly @n bytes at @off or refuse */
void file_read(const struct file *f, uint64_t off, void *buf, size_t n);

/** file_load() - the whole file in memory; refuses one of more than @limit bytes */
uint8_t *file_load(const struct file *f, uint64_t limit);

/** file_same() - the open input that @st is about, whatever its name; NULL for none */
const struct file *file_same(const struct stat *st);

#endif
