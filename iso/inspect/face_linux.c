// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads the setup header of a Linux kernel.  Called by `lintel inspect`; refuses nothing,
 * says what is there.
 */
#include "iso/inspect/faces.h"

#include <stdio.h>
#include <lintel/linux.h>

#include "protocol/formats.h"

#define SETUP(f, bits, field) \
	(json_int_t) RD##bits((f), LINUX_SETUP_HEADER, struct setup_header, field)

static json_t *xloadflags(uint16_t flags)
{
	static const char *const names[] = { "kernel-64",	"above-4g",	 "efi-handover-32",
					     "efi-handover-64", "efi-kexec",	 "5-level",
					     "5-level-enabled", "mem-encryption" };
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags >> i & 1)
			json_array_append_new(list, json_string(names[i]));
	return list;
}

json_t *face_linux(struct span f)
{
	uint32_t version = RD16(f, LINUX_SETUP_HEADER, struct setup_header, version);
	char protocol[16];
	struct bzimage b;
	json_t *o;

	if (!bzimage_open(&b, f))
		return NULL;
	snprintf(protocol, sizeof(protocol), "%u.%02u", version >> 8, version & 0xff);
	o = json_pack("{s:s, s:o}", "protocol", protocol, "version", json_text(b.name));
	json_set_number(o, "code32_start",
			RD32(f, LINUX_SETUP_HEADER, struct setup_header, code32_start));
	if (version >= 0x205)
		json_object_set_new(o, "relocatable",
				    json_boolean(SETUP(f, 8, relocatable_kernel)));
	if (version >= 0x205)
		json_object_set_new(o, "alignment", json_integer(SETUP(f, 32, kernel_alignment)));
	if (version >= 0x206)
		json_object_set_new(o, "cmdline_size", json_integer(SETUP(f, 32, cmdline_size)));
	if (version >= 0x20a) {
		json_object_set_new(o, "pref_address", json_integer(SETUP(f, 64, pref_address)));
		json_object_set_new(o, "init_size", json_integer(SETUP(f, 32, init_size)));
	}
	if (version >= 0x20b)
		json_object_set_new(o, "handover_offset",
				    json_integer(SETUP(f, 32, handover_offset)));
	if (version >= 0x20c)
		json_object_set_new(o, "xloadflags",
				    xloadflags((uint16_t)SETUP(f, 16, xloadflags)));
	return o;
}
