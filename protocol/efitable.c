// SPDX-License-Identifier: BSD-2-Clause
/*
 * UEFI's configuration tables.  Called where ACPI and SMBIOS are looked for.  Pure C for any
 * world; reads the system table through span_at().
 */
#include "protocol/efitable.h"

#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/span.h"

#define SIGNATURE 0x5453595320494249 /* "IBI SYST" */
#define TABLES_MAX 1024
#define GUID_SIZE 16

/**
 * struct layout - of EFI_SYSTEM_TABLE and EFI_CONFIGURATION_TABLE
 * @word:   bytes of an address, which follows each GUID
 * @size:   of the system table
 * @count:  offset of NumberOfTableEntries; ConfigurationTable follows
 */
struct layout {
	uint32_t word, size, count;
};

static const struct layout layout64 = { 8, 120, 104 }, layout32 = { 4, 72, 64 };

static uint64_t word_at(struct span s, uint64_t off, uint32_t word)
{
	return word == 8 ? rd64(s, off) : rd32(s, off);
}

static struct span tables_of(const struct efi_info *efi, struct layout l)
{
	uint64_t at = words64(efi->efi_systab, efi->efi_systab_hi), n;
	struct span st = { 0 };

	/* Address 0 is no table, and reading there may be forbidden. */
	if (at)
		st = span_at(at, l.size);
	n = word_at(st, l.count, l.word);
	if (rd64(st, 0) != SIGNATURE || n > TABLES_MAX || !n)
		return (struct span){ 0 };
	return span_at(word_at(st, l.count + l.word, l.word), n * (GUID_SIZE + l.word));
}

uint64_t efi_table(const struct efi_info *efi, const uint8_t guid[16])
{
	struct layout l = efi->efi_loader_signature == EFI_LOADER_SIGNATURE_64 ? layout64 :
										 layout32;
	struct span tables = { 0 };
	uint64_t step = GUID_SIZE + l.word;

	if (efi->efi_loader_signature)
		tables = tables_of(efi, l);
	for (uint64_t off = 0; span_has(tables, off, step); off += step)
		if (!memcmp(tables.p + off, guid, GUID_SIZE))
			return word_at(tables, off + GUID_SIZE, l.word);
	return 0;
}
