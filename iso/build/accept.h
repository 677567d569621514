/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel, as far as building an image must know it.  Called by `lintel build`
 * before anything is written.
 */
#ifndef ISO_BUILD_ACCEPT_H
#define ISO_BUILD_ACCEPT_H

#include <stdint.h>

#include "protocol/kernel.h"

struct file;

/** accept_kernel() - understand a kernel as the boot will, or refuse */
void accept_kernel(struct kernel *k, const struct file *f);

#endif
