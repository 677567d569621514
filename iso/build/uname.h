/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The version of a kernel that is to be packed.
 */
#ifndef ISO_BUILD_UNAME_H
#define ISO_BUILD_UNAME_H

#include "protocol/span.h"

struct kernel;

/** uname_of() - what `uname -r` will say, as the kernel's file tells it; empty if it does not */
struct span uname_of(const struct kernel *k);

#endif
