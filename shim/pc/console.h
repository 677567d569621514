/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PC's consoles, for console_write() of say.h.
 */
#ifndef SHIM_PC_CONSOLE_H
#define SHIM_PC_CONSOLE_H

#include "protocol/handoff.h"

/**
 * console_use() - for worlds other than the bare PC: how to write, and how to refuse
 * @write:  console_write() goes here, instead of a PC's devices
 * @refuse: what follows a refusal
 */
void console_use(void (*write)(const char *text, size_t len), void (*refuse)(void));

/** console_pc_debug() - write to port 0xe9, which some hypervisors print */
void console_pc_debug(const char *text, size_t len);

/** console_has_vga() - whether there is a VGA, for doors whose loader does not say */
bool console_has_vga(void);

/** console_screen() - learn from screen_info whether there is VGA text to write on */
void console_screen(const struct handoff *h);

/** console_cursor() - store the cursor's place in screen_info: the kernel's lines follow ours */
void console_cursor(struct handoff *h);

#endif
