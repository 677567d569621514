/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text files that users write, with whatever program.
 */
#ifndef ISO_BUILD_TEXT_H
#define ISO_BUILD_TEXT_H

#include <stddef.h>

#include "protocol/number.h"

/* Far more than any command line or os-release; a kernel given by mistake is larger. */
#define TEXT_MAX MIB

/**
 * struct text - text, with a NUL behind it that is not counted
 * @from: option or file, for messages
 */
struct text {
	const char *from;
	char *bytes;
	size_t size;
};

/** text_open() - a text file, a pipe, or "-" for stdin; refuses what is no text */
void text_open(struct text *t, const char *path);

#endif
