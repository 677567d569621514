// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads the Multiboot 1 and 2 headers of a kernel.  Called by `lintel inspect`; refuses
 * nothing, says what is there.
 */
#include "iso/inspect/faces.h"

#include <lintel/multiboot1.h>
#include <lintel/multiboot2.h>

#include "protocol/formats.h"
#include "protocol/number.h"

#define MB2_HEAD 16

/** struct field - a number of 32 bits in a header tag of Multiboot 2 */
static const struct field {
	uint16_t tag, offset;
	const char *name;
} fields[] = {
	{ MB2_HEADER_ADDRESS, 8, "header_addr" },
	{ MB2_HEADER_ADDRESS, 12, "load_addr" },
	{ MB2_HEADER_ADDRESS, 16, "load_end_addr" },
	{ MB2_HEADER_ADDRESS, 20, "bss_end_addr" },
	{ MB2_HEADER_ENTRY, 8, "entry_addr" },
	{ MB2_HEADER_ENTRY_EFI32, 8, "entry_efi32" },
	{ MB2_HEADER_ENTRY_EFI64, 8, "entry_efi64" },
	{ MB2_HEADER_RELOCATABLE, 8, "relocatable_min" },
	{ MB2_HEADER_RELOCATABLE, 12, "relocatable_max" },
};

json_t *face_multiboot1(struct span f)
{
	static const char *const names[] = { "header_addr", "load_addr", "load_end_addr",
					     "bss_end_addr", "entry_addr" };
	struct span s = mb1_header(f);
	json_t *o;

	if (!s.len)
		return NULL;
	o = json_object();
	json_set_number(o, "offset", (uint64_t)(s.p - f.p));
	json_set_number(o, "flags", rd32(s, 4));
	for (size_t i = 0; i < 5 && rd32(s, 4) & MB1_AOUT_KLUDGE; i++)
		json_set_number(o, names[i], rd32(s, 12 + 4 * i));
	return o;
}

static void add_tag(json_t *o, struct span tag)
{
	uint16_t type = rd16(tag, 0);

	if (type == MB2_HEADER_EFI_BS)
		json_object_set_new(o, "boot_services", json_true());
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (fields[i].tag == type)
			json_set_number(o, fields[i].name, rd32(tag, fields[i].offset));
}

json_t *face_multiboot2(struct span f)
{
	struct span s = mb2_header(f);
	uint64_t size;
	json_t *o;

	if (!s.len)
		return NULL;
	o = json_object();
	json_set_number(o, "offset", (uint64_t)(s.p - f.p));
	s = span_sub(s, 0, rd32(s, 8));
	for (uint64_t at = MB2_HEAD; span_has(s, at, 8) && rd32(s, at + 4) >= 8;
	     at += align_up(size, 8)) {
		size = rd32(s, at + 4);
		add_tag(o, span_sub(s, at, size));
	}
	return o;
}
