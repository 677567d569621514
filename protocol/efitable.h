/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UEFI's configuration tables, found by the system table that a handoff names (UEFI 2.10,
 * sections 4.3 and 4.6).  Pure C for any world.
 */
#ifndef PROTOCOL_EFITABLE_H
#define PROTOCOL_EFITABLE_H

#include <stdint.h>
#include <lintel/linux.h>

/**
 * efi_table() - the address of the configuration table with this GUID; 0 for none
 * @efi: names the system table, of 64 or 32 bits; it stays after boot services have ended
 */
uint64_t efi_table(const struct efi_info *efi, const uint8_t guid[16]);

#endif
