/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks the kernel and the initrds that will be packed.  Called by `lintel build` before
 * anything is written.
 */
#ifndef ISO_BUILD_ACCEPT_H
#define ISO_BUILD_ACCEPT_H

#include <stdint.h>

#include "protocol/kernel.h"

struct file;

/** accept_kernel() - read a kernel as Lintel will at boot, or refuse it */
void accept_kernel(struct kernel *k, const struct file *f);

/** accept_initrd() - refuse what cannot be an initrd of this kernel */
void accept_initrd(const struct file *f, const struct kernel *k);

#endif
