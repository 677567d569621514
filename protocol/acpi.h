/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI's root system description pointer (ACPI 6.5, section 5.2.5): where it
 * lies, and the tables that it leads to.  Pure; any world with identity-mapped memory.
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

/** struct acpi_rsdp - section 5.2.5.3; the fields after rsdt_address exist from revision 2 on */
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
AT(struct acpi_rsdp, xsdt_address, 24);
SIZE(struct acpi_rsdp, ACPI_RSDP_SIZE);

/** struct acpi_header - section 5.2.6: what every other table begins with */
struct acpi_header {
	char signature[4];
	uint32_t length; /* of the whole table, whose bytes sum to 0 */
	uint8_t revision;
	uint8_t checksum;
	char oem[26];
} PACKED;
SIZE(struct acpi_header, 36);

/** acpi_note_rsdp() - keep a loader's copy of the root pointer if its checksum is right; of
 *  two copies, the one of the higher revision stays */
void acpi_note_rsdp(struct handoff *h, struct span copy);

/**
 * acpi_find_rsdp() - find the root pointer in memory and set h->rsdp
 *
 * Does nothing if the loader gave the address.  Else EFI's configuration tables are asked,
 * if efi_info names them.  Else the places of section 5.2.5.1 are searched (the EBDA's
 * first KiB, 0xe0000 to 0xfffff), and then the map's ACPI ranges, where UEFI firmware keeps
 * it.  If a loader gave a copy, only the original of that copy is accepted.
 */
void acpi_find_rsdp(struct handoff *h);

/**
 * acpi_table() - the first table of this name, whole and with a right checksum
 * @rsdp: address of the root pointer, 0 where unknown
 *
 * Only tables below 4 GiB are looked at, where PCs have them: what a loader says is not always
 * true, and not every address can be read.  Return: the table; empty for none.
 */
struct span acpi_table(uint64_t rsdp, const char *signature);

/** acpi_keeps_copy() - whether a loader gave a copy and the original cannot be found, so that
 *  the kernel gets the copy */
bool acpi_keeps_copy(const struct handoff *h);

#endif
