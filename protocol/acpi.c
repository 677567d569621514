// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finding ACPI's root pointer, and a table by its name.  Called by the Multiboot 2 reader (a
 * copy in a tag), by the shim (the search) and by serial.c.  Pure C; reads BIOS memory
 * through span_at().
 */
#include "protocol/acpi.h"

#include "protocol/efitable.h"
#include "protocol/handoff.h"
#include "protocol/lib.h"
#include "protocol/number.h"

#define BDA_EBDA_SEGMENT 0x40e
#define EBDA_SEARCHED 1024
#define ROM_BASE 0xe0000
#define ROM_SIZE 0x20000
/* A BIOS puts it at a multiple of 16 bytes; UEFI does not promise that. */
#define BIOS_STEP 16
#define UEFI_STEP 4
/* A longer structure is no root pointer; without a limit, a search would sum whole areas
 * again and again. */
#define RSDP_LENGTH_MAX 256
/* The tables that are read here have some hundred bytes. */
#define TABLE_LENGTH_MAX 0x10000

static bool is_rsdp(struct span s)
{
	uint32_t length = RD32(s, 0, struct acpi_rsdp, length);

	if (s.len < ACPI_RSDP_SIZE_V1 || memcmp(s.p, RSDP_SIGNATURE, 8) ||
	    !span_sums_to_zero(s, ACPI_RSDP_SIZE_V1))
		return false;
	if (RD8(s, 0, struct acpi_rsdp, revision) < 2)
		return true;
	return length >= ACPI_RSDP_SIZE && length <= RSDP_LENGTH_MAX && length <= s.len &&
	       span_sums_to_zero(s, length);
}

/* Whether there is a copy and this is not its original. */
static bool differs(const struct handoff *h, struct span s)
{
	uint8_t revision = h->rsdp_copy[offsetof(struct acpi_rsdp, revision)];
	size_t n = revision < 2 ? ACPI_RSDP_SIZE_V1 : ACPI_RSDP_SIZE;

	return h->rsdp_copy[0] && (s.len < n || memcmp(h->rsdp_copy, s.p, n));
}

/* Find the first root pointer in an area.  In the firmware's tables, one of revision 2 is
 * preferred. */
static bool search(struct handoff *h, uint64_t base, uint64_t size, uint64_t step)
{
	struct span area = span_at(base, size);

	for (uint64_t off = 0; off + ACPI_RSDP_SIZE_V1 <= area.len; off += step) {
		struct span s = span_from(area, off);

		/* Nearly always the first byte tells; here most of a BIOS door's time goes. */
		if (rd8(area, off) != RSDP_SIGNATURE[0] || !is_rsdp(s) || differs(h, s))
			continue;
		h->rsdp = base + off;
		if (step == BIOS_STEP || RD8(s, 0, struct acpi_rsdp, revision) >= 2)
			break;
	}
	return h->rsdp;
}

void acpi_note_rsdp(struct handoff *h, struct span copy)
{
	size_t revision = offsetof(struct acpi_rsdp, revision);

	if (!is_rsdp(copy) || (h->rsdp_copy[0] && h->rsdp_copy[revision] >= rd8(copy, revision)))
		return;
	memcpy(h->rsdp_copy, copy.p, copy.len < ACPI_RSDP_SIZE ? copy.len : ACPI_RSDP_SIZE);
}

/* UEFI's system table has its address, even after boot services have ended. */
static uint64_t efi_rsdp(const struct efi_info *efi)
{
	static const uint8_t acpi20[16] = { 0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4, 0xd3, 0x11,
					    0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81 };
	static const uint8_t acpi10[16] = { 0x30, 0x2d, 0x9d, 0xeb, 0x88, 0x2d, 0xd3, 0x11,
					    0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d };
	uint64_t rsdp = efi_table(efi, acpi20);

	return rsdp ? rsdp : efi_table(efi, acpi10);
}

bool acpi_keeps_copy(const struct handoff *h)
{
	return !h->rsdp && h->rsdp_copy[0];
}

static bool search_bios(struct handoff *h)
{
	uint64_t ebda = (uint64_t)rd16(span_at(BDA_EBDA_SEGMENT, 2), 0) << 4;

	return (ebda && search(h, ebda, EBDA_SEARCHED, BIOS_STEP)) ||
	       search(h, ROM_BASE, ROM_SIZE, BIOS_STEP);
}

void acpi_find_rsdp(struct handoff *h)
{
	const struct efi_info *efi = &h->bp.efi_info;
	struct range r;

	if (!h->rsdp)
		h->rsdp = efi_rsdp(efi);
	/* UEFI has no BIOS data area, and may forbid reading page 0, where a BIOS has it. */
	if (h->rsdp || (!efi->efi_loader_signature && search_bios(h)))
		return;
	for (uint32_t i = 0; map_next(&h->map, &i, &r);)
		if (r.type == MAP_ACPI && search(h, r.base, r.end - r.base, UEFI_STEP))
			return;
}

/* A range below 4 GiB; empty for any other. */
static struct span low_at(uint64_t at, uint64_t size)
{
	struct span none = { 0 };

	return at >= FOUR_GIB - size ? none : span_at(at, size);
}

static struct span table_at(uint64_t at, const char *signature)
{
	struct span head = low_at(at, sizeof(struct acpi_header)), table;
	uint32_t length = RD32(head, 0, struct acpi_header, length);

	if (head.len < sizeof(struct acpi_header) || memcmp(head.p, signature, 4) ||
	    length < sizeof(struct acpi_header) || length > TABLE_LENGTH_MAX)
		return (struct span){ 0 };
	table = low_at(at, length);
	if (table.len != length || !span_sums_to_zero(table, length))
		return (struct span){ 0 };
	return table;
}

/* The table of tables: addresses of 64 bits, or of 32 in the older one. */
static struct span list_of(uint64_t rsdp, uint64_t *step)
{
	struct span root = low_at(rsdp, ACPI_RSDP_SIZE), list = { 0 };

	*step = 8;
	if (!is_rsdp(root))
		return list;
	if (RD8(root, 0, struct acpi_rsdp, revision) >= 2)
		list = table_at(RD64(root, 0, struct acpi_rsdp, xsdt_address), "XSDT");
	if (list.len)
		return list;
	*step = 4;
	return table_at(RD32(root, 0, struct acpi_rsdp, rsdt_address), "RSDT");
}

struct span acpi_table(uint64_t rsdp, const char *signature)
{
	uint64_t step;
	struct span list = list_of(rsdp, &step), table = { 0 };

	for (uint64_t off = sizeof(struct acpi_header); span_has(list, off, step) && !table.len;
	     off += step)
		table = table_at(step == 8 ? rd64(list, off) : rd32(list, off), signature);
	return table;
}
