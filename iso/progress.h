/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line that shows how far writing has come.
 */
#ifndef ISO_PROGRESS_H
#define ISO_PROGRESS_H

#include <stdint.h>

/** progress_show() - one line that is printed over itself, where stderr is a terminal */
void progress_show(const char *file, uint64_t done, uint64_t total);

/** progress_clear() - remove the line, if there is one */
void progress_clear(void);

#endif
