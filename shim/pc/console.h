/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PC's consoles, for console_write() of say.h.
 */
#ifndef SHIM_PC_CONSOLE_H
#define SHIM_PC_CONSOLE_H

#include "protocol/handoff.h"

/**
 * console_use() - say and refuse in another world than the bare PC's
 * @write:  console_write() goes here, instead of a PC's devices
 * @refuse: what follows a refusal
 */
void console_use(void (*write)(const char *text, size_t len), void (*refuse)(void));

/** console_pc_serial() - write on COM1, where it exists */
void console_pc_serial(const char *text, size_t len);

/** console_pc_debug() - write to port 0xe9, where hypervisors listen */
void console_pc_debug(const char *text, size_t len);

/** console_has_vga() - whether there is a VGA, for doors whose loader does not tell */
bool console_has_vga(void);

/** console_screen() - learn from screen_info whether there is VGA text to write on */
void console_screen(const struct handoff *h);

/** console_cursor() - leave the cursor's place in screen_info, for the kernel's lines */
void console_cursor(struct handoff *h);

#endif
