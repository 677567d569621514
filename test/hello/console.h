/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the example kernel's text goes.
 */
#ifndef HELLO_CONSOLE_H
#define HELLO_CONSOLE_H

#include <lintel/xenpv.h>

/** console_open() - find the console; @xen is Xen's block inside Xen PV, and else NULL */
void console_open(const struct start_info *xen);

/** console_put() - a character; waits until there is room */
void console_put(char c);

/** console_stop() - power off inside Xen, halt on a PC */
_Noreturn void console_stop(void);

#endif
