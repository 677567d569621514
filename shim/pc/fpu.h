/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What compiled code that is not our own needs in ring 0: vector registers and an fs base.
 * The core itself is compiled for general registers only.
 */
#ifndef SHIM_PC_FPU_H
#define SHIM_PC_FPU_H

/** fpu_begin() - once before unpack(), in ring 0; interrupts must stay off until it is done */
void fpu_begin(void);

#endif
