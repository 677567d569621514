// SPDX-License-Identifier: BSD-2-Clause
/*
 * The handoff of this boot.  There is one, and no heap, so it is static; it lies below
 * everything else, since doors fill it and a refusal may still read its command line.
 * Any ring.
 */
#include "shim/lintel.h"

struct handoff handoff;
