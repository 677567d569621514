// SPDX-License-Identifier: BSD-2-Clause
/*
 * `lintel explain`: which firmware and which boot loaders take a file, by which door, and
 * what the others miss in it.  One table of needs, one of loaders; both say what was seen with
 * Debian 12's versions of them, but for shim: there it is what its SBAT.md demands.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "inspect.h"
#include "tool.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Multiboot 1 headers from here on QEMU does not see. */
#define QEMU_MULTIBOOT_END 8144
#define MB1_ADDRESSES 0x10000

static json_t *get(const json_t *facts, const char *face, const char *fact)
{
	return json_object_get(json_object_get(facts, face), fact);
}

static bool is(const json_t *value, const char *text)
{
	return json_is_string(value) && !strcmp(json_string_value(value), text);
}

static bool has_section(const json_t *facts, const char *name)
{
	size_t i;
	json_t *section;

	json_array_foreach(json_object_get(facts, "sections"), i,
			   section) if (is(json_object_get(section, "name"), name)) return true;
	return false;
}

static bool has_flag(const json_t *facts, const char *name)
{
	size_t i;
	json_t *flag;

	json_array_foreach(get(facts, "linux", "xloadflags"), i,
			   flag) if (is(flag, name)) return true;
	return false;
}

static bool is_efi(const json_t *f)
{
	return is(get(f, "pe", "subsystem"), "EFI application");
}

static bool pe64(const json_t *f)
{
	return is_efi(f) && is(get(f, "pe", "machine"), "x86-64");
}

static bool pe32(const json_t *f)
{
	return is_efi(f) && is(get(f, "pe", "machine"), "i386");
}

static bool is_signed(const json_t *f)
{
	return json_array_size(get(f, "pe", "signatures"));
}

static bool sbat(const json_t *f)
{
	return has_section(f, ".sbat");
}

static bool osrel(const json_t *f)
{
	return has_section(f, ".osrel");
}

static bool setup_header(const json_t *f)
{
	return json_object_get(f, "linux");
}

static bool handover(const json_t *f)
{
	return json_integer_value(get(f, "linux", "handover_offset"));
}

static bool above_4g(const json_t *f)
{
	return has_flag(f, "kernel-64") && has_flag(f, "above-4g");
}

static bool elf(const json_t *f)
{
	return json_object_get(f, "elf");
}

static bool pvh(const json_t *f)
{
	return json_object_get(get(f, "elf", "notes"), "pvh_entry");
}

/* Xen unpacks a bzImage's payload; only one that is not packed is looked into here. */
static bool xen_seen(const json_t *f)
{
	return !setup_header(f) || json_object_get(f, "elf_view");
}

/* Xen's loaders look into a bzImage for the ELF file in it. */
static bool xen_note(const json_t *f, const char *note)
{
	return json_object_get(get(f, "elf", "notes"), note) ||
	       json_object_get(get(f, "elf_view", "notes"), note);
}

static bool xen_pv(const json_t *f)
{
	return xen_note(f, "xen_pv");
}

static bool xen_pvh(const json_t *f)
{
	return xen_note(f, "pvh_entry");
}

static bool multiboot1(const json_t *f)
{
	return json_object_get(f, "multiboot1");
}

static bool multiboot1_place(const json_t *f)
{
	return elf(f) || json_integer_value(get(f, "multiboot1", "flags")) & MB1_ADDRESSES;
}

static bool multiboot2(const json_t *f)
{
	return json_object_get(f, "multiboot2");
}

static bool multiboot2_place(const json_t *f)
{
	return elf(f) || get(f, "multiboot2", "load_addr");
}

static bool multiboot2_efi(const json_t *f)
{
	return get(f, "multiboot2", "boot_services") && get(f, "multiboot2", "entry_efi64");
}

static bool qemu(const json_t *f)
{
	bool seen = multiboot1(f) && multiboot1_place(f) &&
		    json_integer_value(get(f, "multiboot1", "offset")) < QEMU_MULTIBOOT_END;

	return setup_header(f) || pvh(f) || (seen && !is(get(f, "elf", "class"), "64 bits"));
}

static bool ipxe(const json_t *f)
{
	return setup_header(f) || (multiboot1(f) && multiboot1_place(f));
}

/* A need, and what is said where it is not met. */
static const struct need {
	bool (*met)(const json_t *facts);
	const char *lack;
} needs[] = {
	{ pe64, "no PE header of an EFI application for x86-64" },
	{ pe32, "no PE header of an EFI application for i386" },
	{ is_signed, "not signed: see --secureboot-private-key" },
	{ sbat, "no .sbat section: see --sbat" },
	{ osrel, "no .osrel section: see --os-release" },
	{ setup_header, "no Linux setup header, \"HdrS\" at offset 0x202" },
	{ handover, "handover_offset is 0: no EFI handover entry" },
	{ above_4g, "xloadflags lack a 64-bit entry that may lie above 4 GiB" },
	{ elf, "no ELF header at offset 0: give the ELF face, see --elf" },
	{ pvh, "no ELF note of a PVH entry" },
	{ xen_pv, "no ELF notes of a Xen PV kernel" },
	{ xen_pvh, "no ELF note of a PVH entry" },
	{ xen_seen, "the ELF kernel in this bzImage is not looked into" },
	{ multiboot1, "no Multiboot 1 header in the first 8 KiB" },
	{ multiboot1_place, "the Multiboot 1 header has no addresses, the file no ELF header" },
	{ multiboot2, "no Multiboot 2 header in the first 32 KiB" },
	{ multiboot2_place, "the Multiboot 2 header has no addresses, the file no ELF header" },
	{ multiboot2_efi, "the Multiboot 2 header lacks tags 7 and 9, for boot services" },
	{ qemu, "no setup header, PVH note or Multiboot header for QEMU" },
	{ ipxe, "no setup header, no Multiboot 1 header with addresses" },
};

/* Who takes files, the door that they come in by, and what they need, the first lack first. */
static const struct loader {
	const char *name, *door;
	bool (*needs[4])(const json_t *facts);
} loaders[] = {
	{ "UEFI firmware, 64-bit", "efi", { pe64 } },
	{ "UEFI firmware, Secure Boot", "efi", { pe64, is_signed } },
	{ "UEFI firmware, 32-bit", "efi", { pe32 } },
	{ "shim", "efi", { pe64, is_signed, sbat } },
	{ "systemd-boot, EFI/Linux", "efi", { pe64, osrel } },
	{ "GRUB chainloader on UEFI", "efi", { pe64 } },
	{ "iPXE on UEFI", "efi", { pe64 } },
	{ "QEMU -kernel with OVMF", "efi", { pe64, setup_header } },
	{ "GRUB linux", "linux32", { setup_header } },
	{ "GRUB linux16", "linux16", { setup_header } },
	{ "GRUB linuxefi", "efi-handover", { setup_header, handover } },
	{ "GRUB multiboot", "multiboot1", { multiboot1, multiboot1_place } },
	{ "GRUB multiboot2", "multiboot2", { multiboot2, multiboot2_place } },
	{ "GRUB multiboot2 on UEFI", "multiboot2-efi64", { multiboot2, multiboot2_efi } },
	{ "isolinux linux", "linux16", { setup_header } },
	{ "isolinux mboot.c32", "multiboot1", { multiboot1, multiboot1_place } },
	{ "iPXE on BIOS", "multiboot1, linux16", { ipxe } },
	{ "QEMU -kernel", "linux16, pvh", { qemu } },
	{ "QEMU -kernel, PVH", "pvh", { elf, pvh } },
	{ "Xen, PV", "xenpv", { xen_seen, xen_pv } },
	{ "Xen, PVH", "pvh", { xen_seen, xen_pvh } },
	{ "kexec", "linux64", { setup_header, above_4g } },
};

static const struct need *need_of(bool (*met)(const json_t *facts))
{
	size_t i = 0;

	while (needs[i].met != met)
		i++;
	return &needs[i];
}

/* The first need that is not met; NULL where it takes the file. */
static const struct need *lack_of(const struct loader *l, const json_t *facts)
{
	for (size_t i = 0; i < COUNT(l->needs) && l->needs[i]; i++)
		if (!l->needs[i](facts))
			return need_of(l->needs[i]);
	return NULL;
}

static const char *verdict(const struct need *lack)
{
	if (!lack)
		return "yes";
	return lack->met == xen_seen ? "unknown" : "no";
}

static void print_lines(const json_t *facts)
{
	for (size_t i = 0; i < COUNT(loaders); i++) {
		const struct need *lack = lack_of(&loaders[i], facts);

		printf("%-8s%-28s%s\n", verdict(lack), loaders[i].name,
		       lack ? lack->lack : loaders[i].door);
	}
}

static json_t *verdicts(const json_t *facts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < COUNT(loaders); i++) {
		const struct need *lack = lack_of(&loaders[i], facts);

		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:s, s:s*}", "loader", loaders[i].name,
						"door", loaders[i].door, "accepts", verdict(lack),
						"reason", lack ? lack->lack : NULL));
	}
	return list;
}

int explain_main(int argc, char **argv)
{
	static const char help[] =
		"usage: lintel explain [--json=pretty|short|off] FILE\n\n"
		"Say which firmware and boot loaders take a file, and by which door; and of those\n"
		"that do not, why.  Headers decide: whether a signature is good, and whether the\n"
		"kernel likes the machine, is not looked at.\n";
	enum json_mode mode = JSON_OFF;
	const char *path = parse_json_file(argc, argv, "explain", help, &mode);
	json_t *facts = facts_of(file_open(path)), *list = verdicts(facts);

	if (mode == JSON_OFF)
		print_lines(facts);
	else
		json_print(list, mode);
	json_decref(list);
	json_decref(facts);
	return STATUS_DONE;
}
