/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image that is being packed, as it will be, without a file.
 */
#ifndef ISO_BUILD_VIEW_H
#define ISO_BUILD_VIEW_H

#include "protocol/span.h"

struct pack;

/** view_open() - its bytes, at their file offsets; sums and sizes in its headers are not final */
struct span view_open(const struct pack *im);

/** view_close() - give the memory back */
void view_close(struct span view);

#endif
