// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which function hashes in this world: none.  The firmware hashes what is measured, and only a
 * sealed image would need more; `lintel build` does not seal with this stub.  32-bit UEFI.
 */
#include "protocol/world.h"

hash_fn *machine_hash(void)
{
	return NULL;
}
