/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processor exceptions: a page fault maps memory, and every other exception ends in an
 * error line instead of a silent reset.
 */
#ifndef SHIM_PC_TRAP_H
#define SHIM_PC_TRAP_H

/** trap_init() - load our interrupt descriptor table; cs is 0x10 */
void trap_init(void);

#endif
