/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory.  If there is no more, the tool ends.
 */
#ifndef ISO_ALLOCATE_H
#define ISO_ALLOCATE_H

#include <stddef.h>

/** allocate() - zeroed memory or refuse */
void *allocate(size_t n);

/** joined() - two texts as one, in new memory */
char *joined(const char *a, const char *b);

#endif
