/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Output files, which exist either whole or not at all.
 */
#ifndef ISO_OUTPUT_H
#define ISO_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct output - a file that is being written under a temporary name
 * @path: what the user called it
 * @place: where outputs_commit() puts it: @path, its symbolic links followed
 * @temporary: its name until then, in the same directory
 */
struct output {
	const char *path, *place;
	char *temporary;
	int fd;
	struct output *next;
};

/**
 * output_begin() - check the place and create the temporary file
 *
 * Refuses a place where an input lies or something that is no regular file.
 * Where the process ends by reject() or a signal, the temporary file is removed.
 */
struct output *output_begin(const char *path);

/** output_write() - append or refuse */
void output_write(const struct output *o, const void *buf, size_t n);

/** output_write_at() - replace bytes that were already written, or refuse */
void output_write_at(const struct output *o, uint64_t off, const void *buf, size_t n);

/** output_extend() - make it @size bytes long; what is new reads as 0 */
void output_extend(const struct output *o, uint64_t size);

/** output_finish() - no more writes; refuses where the disk reports a late error */
void output_finish(struct output *o);

/** outputs_commit() - give @n finished files their names, in place of what was there */
void outputs_commit(struct output *const o[], int n);

/** output_drop() - remove the finished file, which was needed for a while only */
void output_drop(struct output *o);

#endif
