/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows a refusal on the bare PC.
 */
#ifndef SHIM_PC_REFUSE_H
#define SHIM_PC_REFUSE_H

/** refuse_pc() - stay, or reset after lintel.reboot=SECONDS of the command line */
_Noreturn void refuse_pc(void);

#endif
