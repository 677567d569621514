// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finding ACPI's root pointer.  Called by the Multiboot 2 reader (a copy in a
 * tag) and by the shim (the search).  Pure C; reads BIOS memory through span_at().
 */
#include "acpi.h"

#include "handoff.h"
#include "lib.h"

#define BDA_EBDA_SEGMENT 0x40e
#define EBDA_SEARCHED 1024
#define ROM_BASE 0xe0000
#define ROM_SIZE 0x20000

static bool sums_to_zero(struct span s, size_t n)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = (uint8_t)(sum + rd8(s, i));
	return sum == 0;
}

static bool is_rsdp(struct span s)
{
	uint32_t length = RD32(s, 0, struct acpi_rsdp, length);

	if (s.len < ACPI_RSDP_SIZE_V1 || memcmp(s.p, "RSD PTR ", 8) ||
	    !sums_to_zero(s, ACPI_RSDP_SIZE_V1))
		return false;
	if (RD8(s, 0, struct acpi_rsdp, revision) < 2)
		return true;
	return length >= ACPI_RSDP_SIZE && length <= s.len && sums_to_zero(s, length);
}

/* Whether a copy was noted and this is not what it was made from. */
static bool differs(const struct handoff *h, struct span s)
{
	uint8_t revision = h->rsdp_copy[offsetof(struct acpi_rsdp, revision)];
	size_t n = revision < 2 ? ACPI_RSDP_SIZE_V1 : ACPI_RSDP_SIZE;

	return h->rsdp_copy[0] && (s.len < n || memcmp(h->rsdp_copy, s.p, n));
}

static bool search(struct handoff *h, uint64_t base, uint64_t size)
{
	struct span area = span_at(base, size);

	for (uint64_t off = 0; off + ACPI_RSDP_SIZE_V1 <= area.len; off += 16) {
		struct span s = span_from(area, off);

		if (is_rsdp(s) && !differs(h, s)) {
			h->rsdp = base + off;
			return true;
		}
	}
	return false;
}

void acpi_note_rsdp(struct handoff *h, struct span copy)
{
	size_t revision = offsetof(struct acpi_rsdp, revision);

	if (!is_rsdp(copy) || (h->rsdp_copy[0] && h->rsdp_copy[revision] >= rd8(copy, revision)))
		return;
	memcpy(h->rsdp_copy, copy.p, copy.len < ACPI_RSDP_SIZE ? copy.len : ACPI_RSDP_SIZE);
}

void acpi_find_rsdp(struct handoff *h)
{
	uint64_t ebda = (uint64_t)rd16(span_at(BDA_EBDA_SEGMENT, 2), 0) << 4;
	struct range r;

	if (h->rsdp || (ebda && search(h, ebda, EBDA_SEARCHED)) || search(h, ROM_BASE, ROM_SIZE))
		return;
	for (uint32_t i = 0; map_next(&h->map, &i, &r);)
		if (r.type == MAP_ACPI && search(h, r.base, r.end - r.base))
			return;
}
