// SPDX-License-Identifier: BSD-2-Clause
/*
 * The EFI memory map's reader.  Called by the EFI door.  Pure C for any world.
 */
#include "protocol/efimap.h"

#include "protocol/handoff.h"
#include "protocol/number.h"
#include "protocol/say.h"

#define EFI_MEMORY_SP 0x40000ull

#define E820_PERSISTENT 7
#define E820_SOFT_RESERVED 0xefffffff

/* EFI_MEMORY_TYPE, as the specification numbers it. */
enum {
	EFI_LOADER_CODE = 1,
	EFI_LOADER_DATA = 2,
	EFI_BOOT_SERVICES_CODE = 3,
	EFI_BOOT_SERVICES_DATA = 4,
	EFI_CONVENTIONAL = 7,
	EFI_UNUSABLE = 8,
	EFI_ACPI_RECLAIM = 9,
	EFI_ACPI_NVS = 10,
	EFI_PERSISTENT = 14,
};

uint32_t efi_map_e820(uint32_t type, uint64_t attribute)
{
	switch (type) {
	case EFI_LOADER_CODE:
	case EFI_LOADER_DATA:
	case EFI_BOOT_SERVICES_CODE:
	case EFI_BOOT_SERVICES_DATA:
		return MAP_RAM;
	case EFI_CONVENTIONAL:
		/* Memory that is meant for a special purpose is not reported as ordinary RAM. */
		return attribute & EFI_MEMORY_SP ? E820_SOFT_RESERVED : MAP_RAM;
	case EFI_UNUSABLE:
		return MAP_UNUSABLE;
	case EFI_ACPI_RECLAIM:
		return MAP_ACPI;
	case EFI_ACPI_NVS:
		return MAP_NVS;
	case EFI_PERSISTENT:
		return E820_PERSISTENT;
	default:
		return MAP_RESERVED;
	}
}

void efi_map_read(struct span map, uint64_t desc_size, struct handoff *h)
{
	if (desc_size < sizeof(struct efi_descriptor))
		die(E_BLOCK, "EFI memory map has descriptors of %" U64 " bytes", desc_size);
	for (uint64_t off = 0; span_has(map, off, sizeof(struct efi_descriptor));
	     off += desc_size) {
		uint64_t pages = RD64(map, off, struct efi_descriptor, NumberOfPages);
		uint32_t type = RD32(map, off, struct efi_descriptor, Type);

		if (pages > UINT64_MAX / PAGE)
			die(E_TAG, "EFI memory descriptor at +%" X64 " has %" X64 " pages", off,
			    pages);
		handoff_range(h, RD64(map, off, struct efi_descriptor, PhysicalStart), pages * PAGE,
			      efi_map_e820(type, RD64(map, off, struct efi_descriptor, Attribute)));
	}
}
