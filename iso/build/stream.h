/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bytes of an image on their way into files.
 */
#ifndef ISO_BUILD_STREAM_H
#define ISO_BUILD_STREAM_H

struct output;
struct pack;

/** stream_write() - all bytes of the universal and of the ELF face; NULL for one not wanted;
 *  @name is for the progress line */
void stream_write(const struct pack *im, struct output *const out[2], const char *name);

#endif
