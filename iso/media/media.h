/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `lintel iso` and `lintel disk` share: their command line, and which files they take.
 */
#ifndef ISO_MEDIA_MEDIA_H
#define ISO_MEDIA_MEDIA_H

#include <stdbool.h>

#include "iso/options.h"

#define MEDIA_SECTOR 512u
#define CD_SECTOR 2048u

struct file;

/** media_parse() - the options; returns the image's path, *@output is the other one's */
const char *media_parse(int argc, char **argv, const struct command *command, const char **output);

/** media_is_bare() - whether nothing is packed into an image; refuses a file that is none */
bool media_is_bare(const struct file *f);

/** media_check() - refuse a file that is no packed image */
void media_check(const struct file *f);

#endif
