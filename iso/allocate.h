/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory.  Where there is none, the tool ends.
 */
#ifndef ISO_ALLOCATE_H
#define ISO_ALLOCATE_H

#include <stddef.h>

/** allocate() - zeroed memory or refuse */
void *allocate(size_t n);

/** joined() - two texts as one, which stays valid */
char *joined(const char *a, const char *b);

#endif
