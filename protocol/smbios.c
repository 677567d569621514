// SPDX-License-Identifier: BSD-2-Clause
/*
 * SMBIOS (DSP0134 3.7): finds its table and reads structures of type 11, OEM strings.  Called by
 * lintel_plan().  Pure C for any world; reads the firmware's tables through span_at().  All work
 * is bounded by the table's length, of which at most a MiB is looked at.
 */
#include "protocol/smbios.h"

#include "protocol/efitable.h"
#include "protocol/lib.h"
#include "protocol/number.h"

/* Section 5.2: where a BIOS puts the entry point, on a multiple of 16 bytes. */
#define ROM_BASE 0xf0000
#define ROM_SIZE 0x10000
#define ROM_STEP 16
#define ENTRY_MAX 32
#define TABLE_MAX MIB

#define STRUCTURE_HEAD 4u
#define OEM_STRINGS 11
#define END_OF_TABLE 127

static const char key[] = "io.systemd.stub.kernel-cmdline-extra=";

/* ---- the entry point, which says where the table lies */

/* Section 5.2.2: "_SM3_", with an address of 64 bits and the most that the table can have. */
static struct span table_of_64(struct span entry, bool any_address)
{
	uint64_t at = rd64(entry, 16);
	uint32_t length = rd8(entry, 6);

	if (entry.len < 24 || memcmp(entry.p, "_SM3_", 5) || length < 24 || length > ENTRY_MAX ||
	    !span_sums_to_zero(entry, length) || (!any_address && at >= FOUR_GIB))
		return (struct span){ 0 };
	return span_at(at, lower(rd32(entry, 12), TABLE_MAX));
}

/* Section 5.2.1: "_SM_", of whose two parts only the second says something about the table. */
static struct span table_of_32(struct span entry)
{
	if (entry.len < 31 || memcmp(entry.p, "_SM_", 4) || memcmp(entry.p + 16, "_DMI_", 5) ||
	    !span_sums_to_zero(span_from(entry, 16), 15))
		return (struct span){ 0 };
	return span_at(rd32(entry, 24), rd16(entry, 22));
}

static struct span find_in_rom(void)
{
	struct span rom = span_at(ROM_BASE, ROM_SIZE), table = { 0 }, old = { 0 };

	for (uint64_t off = 0; off < rom.len && !table.len; off += ROM_STEP) {
		struct span entry = span_from(rom, off);

		if (rd8(entry, 0) != '_')
			continue;
		table = table_of_64(entry, false);
		if (!old.len)
			old = table_of_32(entry);
	}
	return table.len ? table : old;
}

static struct span find_in_efi(const struct efi_info *efi)
{
	static const uint8_t smbios3[16] = { 0x44, 0x15, 0xfd, 0xf2, 0x94, 0x97, 0x2c, 0x4a,
					     0x99, 0x2e, 0xe5, 0xbb, 0xcf, 0x20, 0xe3, 0x94 };
	static const uint8_t smbios[16] = { 0x31, 0x2d, 0x9d, 0xeb, 0x88, 0x2d, 0xd3, 0x11,
					    0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d };
	struct span table = table_of_64(span_at(efi_table(efi, smbios3), ENTRY_MAX), true);

	return table.len ? table : table_of_32(span_at(efi_table(efi, smbios), ENTRY_MAX));
}

/* ---- the table */

/* Read the string at *@off, and move *@off behind its NUL. */
static struct span next_string(struct span table, uint64_t *off)
{
	struct span s = span_text(span_from(table, *off));

	*off += s.len + 1;
	return s;
}

/* Look for the key in a structure's strings, which an empty one ends; move *@off behind them. */
static struct span read_strings(struct span table, uint64_t *off)
{
	const size_t n = sizeof(key) - 1;
	struct span found = { 0 }, s = next_string(table, off);

	/* Where there are no strings, two NULs stand. */
	if (!s.len)
		++*off;
	for (; s.len; s = next_string(table, off))
		if (s.len > n && !found.len && !memcmp(s.p, key, n))
			found = span_from(s, n);
	return found;
}

struct span smbios_words(const struct efi_info *efi)
{
	struct span table = efi->efi_loader_signature ? find_in_efi(efi) : find_in_rom();
	struct span found = { 0 };
	uint64_t off = 0;

	while (!found.len && span_has(table, off, STRUCTURE_HEAD)) {
		uint8_t type = rd8(table, off), length = rd8(table, off + 1);
		struct span words;

		if (type == END_OF_TABLE || length < STRUCTURE_HEAD)
			break;
		off += length;
		words = read_strings(table, &off);
		if (type == OEM_STRINGS)
			found = words;
	}
	return found;
}
