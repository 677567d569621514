// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which function hashes in this world.  64-bit, any ring.
 */
#include "protocol/world.h"
#include "shim/hash/hash.h"

hash_fn *machine_hash(void)
{
	return hash_span;
}
