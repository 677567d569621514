/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every subcommand of the host tool needs: saying no, reading input files,
 * writing output files that exist either whole or not at all.  A Linux program
 * of one thread that ends with the first error.
 */
#ifndef ISO_TOOL_H
#define ISO_TOOL_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "protocol/span.h"

/** enum status - exit status, the same for every subcommand */
enum status { STATUS_DONE = 0, STATUS_REFUSED = 1, STATUS_USAGE = 2 };

/** build_main() - `lintel build`; argv[0] is the tool's name, options follow */
int build_main(int argc, char **argv);

/** inspect_main() - `lintel inspect` */
int inspect_main(int argc, char **argv);

/** explain_main() - `lintel explain` */
int explain_main(int argc, char **argv);

/** iso_main() - `lintel iso` */
int iso_main(int argc, char **argv);

/** disk_main() - `lintel disk` */
int disk_main(int argc, char **argv);

/**
 * reject() - end with status 1 and one line for the user, outputs removed
 * @file: the file (or option) that the line is about
 *
 * The line says what is wrong, which value, and what to do.  (refuse() is protocol/'s.)
 */
__attribute__((noreturn, format(printf, 2, 3))) void reject(const char *file, const char *format,
							    ...);

/** usage_error() - end with status 2: the command line itself makes no sense */
__attribute__((noreturn, format(printf, 2, 3))) void usage_error(const char *subcommand,
								 const char *format, ...);

/**
 * struct file - an input file
 * @path: as the user gave it
 * @fd:   open for reading until the process ends
 * @base: where it begins in what is open: not at 0 where it is part of another file
 * @size: bytes; reading insists that they are all there
 * @dev, @ino: which file it is, whatever its name
 * @next: every open input is in one list, so that no output replaces an input
 */
struct file {
	const char *path;
	int fd;
	uint64_t base, size;
	dev_t dev;
	ino_t ino;
	struct file *next;
};

/** file_open() - open a regular file or refuse */
struct file *file_open(const char *path);

/** file_part() - @size bytes at @off of an open file as a file of its own, called @path */
struct file *file_part(const struct file *f, uint64_t off, uint64_t size, const char *path);

/** file_read() - exactly @n bytes at @off or refuse */
void file_read(const struct file *f, uint64_t off, void *buf, size_t n);

/** file_examine() - all its bytes for protocol/, whose refusals name this file from now on */
struct span file_examine(const struct file *f);

/** examine_try() - have protocol/ do something; its refusal as text, NULL where there is none */
const char *examine_try(void (*act)(void *), void *arg);

/** file_load() - the whole file in memory; refuses one of more than @limit bytes */
uint8_t *file_load(const struct file *f, uint64_t limit);

/**
 * struct output - a file that is being written under a temporary name
 * @path: where output_commit() puts it
 * @temporary: its name until then, in the same directory
 */
struct output {
	const char *path;
	char *temporary;
	int fd;
	struct output *next;
};

/**
 * output_begin() - check the place and create the temporary file
 *
 * Refuses a place where an input lies or something that is no regular file.
 * Where the process ends by reject() or a signal, the temporary file goes.
 */
struct output *output_begin(const char *path);

/** output_write() - append or refuse */
void output_write(const struct output *o, const void *buf, size_t n);

/** output_write_at() - replace bytes that were already written, or refuse */
void output_write_at(const struct output *o, uint64_t off, const void *buf, size_t n);

/** output_finish() - no more writes; refuses where the disk reports a late error */
void output_finish(struct output *o);

/** output_commit() - give the finished file its name, in place of what was there */
void output_commit(struct output *o);

/** output_drop() - take the finished file away: another takes its place */
void output_drop(struct output *o);

/** progress_show() - one line that moves, where stderr is a terminal */
void progress_show(const char *file, uint64_t done, uint64_t total);

/** progress_clear() - take the line away, if there is one */
void progress_clear(void);

/** joined() - two texts as one, which stays valid */
char *joined(const char *a, const char *b);

/** allocate() - zeroed memory or refuse */
void *allocate(size_t n);

static inline void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)v);
	put16(p + 2, (uint16_t)(v >> 16));
}

static inline void put64(uint8_t *p, uint64_t v)
{
	put32(p, (uint32_t)v);
	put32(p + 4, (uint32_t)(v >> 32));
}

/* Write the field of a wire structure that begins at p. */
#define PUT16(p, type, field, v) put16((p) + offsetof(type, field), (v))
#define PUT32(p, type, field, v) put32((p) + offsetof(type, field), (v))
#define PUT64(p, type, field, v) put64((p) + offsetof(type, field), (v))

#endif
