/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Input files for the readers of protocol/.
 */
#ifndef ISO_EXAMINE_H
#define ISO_EXAMINE_H

#include "protocol/span.h"

struct file;

/** examine_file() - all its bytes for protocol/, whose refusals name this file from now on */
struct span examine_file(const struct file *f);

/** examine_try() - call @act, which calls protocol/; returns the text of a refusal, or NULL */
const char *examine_try(void (*act)(void *), void *arg);

#endif
