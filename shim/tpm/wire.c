// SPDX-License-Identifier: BSD-2-Clause
/*
 * Which addresses the TPM's driver may touch.  Called by tpm.c and crb.c.  64-bit, ring 0;
 * changes our page tables.
 */
#include "shim/tpm/wire.h"

#include "protocol/number.h"
#include "shim/pc/paging.h"

/* Above 4 GiB no PC has them, and not every address there can be mapped. */
bool wire_is_outside(const struct map *map, uint64_t base, uint64_t size)
{
	return base && size && base < FOUR_GIB && size <= FOUR_GIB - base &&
	       !map_has_ram(map, base, base + size);
}

bool wire_may_touch(const struct map *map, uint64_t base, uint64_t size)
{
	if (!wire_is_outside(map, base, size))
		return false;
	paging_device(base);
	paging_device(base + size - 1);
	return true;
}
