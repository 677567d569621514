/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of options for `lintel build`, in the format of ukify.
 */
#ifndef ISO_BUILD_CONFIG_H
#define ISO_BUILD_CONFIG_H

struct request;

/** config_read() - options from a file; those that are set already stay */
void config_read(struct request *r, const char *path);

#endif
