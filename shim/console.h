/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PC's consoles, for console_write() of say.h.
 */
#ifndef SHIM_CONSOLE_H
#define SHIM_CONSOLE_H

#include "handoff.h"

/** console_screen() - learn from screen_info whether there is VGA text to write on */
void console_screen(const struct handoff *h);

/** console_cursor() - leave the cursor's place in screen_info, for the kernel's lines */
void console_cursor(struct handoff *h);

#endif
