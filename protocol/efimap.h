/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The EFI memory map (UEFI 2.10, section 7.2.3, GetMemoryMap): the firmware says how large
 * a descriptor is; it may be larger than the structure.
 */
#ifndef PROTOCOL_EFIMAP_H
#define PROTOCOL_EFIMAP_H

#include <stdint.h>

#include "protocol/at.h"
#include "protocol/span.h"

struct handoff;

/** struct efi_descriptor - EFI_MEMORY_DESCRIPTOR */
struct efi_descriptor {
	uint32_t Type;
	uint32_t pad;
	uint64_t PhysicalStart;
	uint64_t VirtualStart;
	uint64_t NumberOfPages; /* of 4 KiB */
	uint64_t Attribute;
} PACKED;
AT(struct efi_descriptor, PhysicalStart, 8);
AT(struct efi_descriptor, Attribute, 32);
SIZE(struct efi_descriptor, 40);

/** efi_map_e820() - the E820 type of memory of this EFI type after boot services have ended
 *  (UEFI 2.10, section 7.2.1, table 7.6 and ACPI 6.5, table 15.4) */
uint32_t efi_map_e820(uint32_t type, uint64_t attribute);

/**
 * efi_map_read() - put an EFI memory map into the handoff
 * @map:       the descriptors
 * @desc_size: bytes from one to the next
 *
 * Refuses (E_BLOCK, E_TAG, E_MAP_FULL).
 */
void efi_map_read(struct span map, uint64_t desc_size, struct handoff *h);

#endif
