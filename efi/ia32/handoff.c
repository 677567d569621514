// SPDX-License-Identifier: BSD-2-Clause
/*
 * The handoff of the 32-bit image, as shim/pc/doors.c has the 64-bit one's: that file is
 * not linked here, since there are no other doors.  Data only.
 */
#include "shim/pc/doors.h"

struct handoff handoff;
