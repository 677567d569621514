/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI's root system description pointer (ACPI 6.5, section 5.2.5): where it
 * lies.  Pure; any world with identity-mapped memory.
 */
#ifndef PROTOCOL_ACPI_H
#define PROTOCOL_ACPI_H

#include <stdint.h>

#include "protocol/at.h"
#include "protocol/span.h"

struct handoff;

#define ACPI_RSDP_SIZE_V1 20
#define ACPI_RSDP_SIZE 36

#define RSDP_SIGNATURE "RSD PTR "

/** struct acpi_rsdp - section 5.2.5.3; from revision 2 on with the fields behind rsdt_address */
struct acpi_rsdp {
	char signature[8]; /* RSDP_SIGNATURE */
	uint8_t checksum;  /* the first 20 bytes sum to 0 */
	char oem_id[6];
	uint8_t revision;
	uint32_t rsdt_address;
	uint32_t length;
	uint64_t xsdt_address;
	uint8_t extended_checksum;
	uint8_t reserved[3];
} PACKED;
AT(struct acpi_rsdp, rsdt_address, 16);
SIZE(struct acpi_rsdp, ACPI_RSDP_SIZE);

/** acpi_note_rsdp() - keep the copy of a root pointer that a loader gave, where its
 *  checksum holds; the one of the higher revision stays */
void acpi_note_rsdp(struct handoff *h, struct span copy);

/**
 * acpi_find_rsdp() - find the root pointer in memory and set h->rsdp
 *
 * Nothing is done where a loader gave its address.  Else EFI's configuration tables
 * say it where efi_info names them; else the places of section
 * 5.2.5.1 are searched (the EBDA's first KiB, 0xe0000 to 0xfffff), then the
 * ranges that the map calls ACPI, where UEFI firmware keeps it.  Where a loader
 * gave a copy, only the pointer that the copy was made from is taken.
 */
void acpi_find_rsdp(struct handoff *h);

#endif
