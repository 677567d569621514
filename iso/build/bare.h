/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bare image that sections are appended to.
 */
#ifndef ISO_BUILD_BARE_H
#define ISO_BUILD_BARE_H

#include <stdbool.h>

struct pack;

/** bare_open() - read the bare image, and its ELF face if wanted; refuse any other file */
void bare_open(struct pack *im, const char *path, bool want_elf);

#endif
