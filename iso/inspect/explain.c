// SPDX-License-Identifier: BSD-2-Clause
/*
 * `lintel explain`: which firmware, boot loaders and hypervisors take a file, by which door,
 * and what to do where one does not.  One table of needs, one of loaders.
 * test/tool/explain_test.py holds it against the loaders of Debian 12; Firecracker's and Cloud
 * Hypervisor's rows are from these programs' documents.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "iso/file.h"
#include "iso/inspect/inspect.h"
#include "iso/reject.h"
#include "iso/subcommands.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* QEMU looks for a Multiboot 1 header below this offset. */
#define QEMU_MULTIBOOT_END 8144

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

static bool handover64(const json_t *f)
{
	return has_flag(f, "efi-handover-64");
}

static bool entry32(const json_t *f)
{
	return json_integer_value(get(f, "linux", "code32_start"));
}

static bool entry64(const json_t *f)
{
	return has_flag(f, "kernel-64");
}

static bool above_4g(const json_t *f)
{
	return entry64(f) && has_flag(f, "above-4g");
}

static bool elf(const json_t *f)
{
	return json_object_get(f, "elf");
}

static bool elf64(const json_t *f)
{
	return is(get(f, "elf", "machine"), "x86-64") && is(get(f, "elf", "class"), "64 bits");
}

static bool pvh(const json_t *f)
{
	return json_object_get(get(f, "elf", "notes"), "pvh_entry");
}

/* Xen's loaders take an ELF file as it is, and the one in a bzImage. */
static const char *xen_face(const json_t *f)
{
	if (elf(f))
		return "elf";
	return json_object_get(f, "elf_view") ? "elf_view" : "payload";
}

static json_t *xen_note(const json_t *f, const char *note)
{
	return json_object_get(get(f, xen_face(f), "notes"), note);
}

static bool xen_file(const json_t *f)
{
	return json_object_get(f, xen_face(f));
}

/* Lintel cannot help here: the kernel itself must support Xen.  A UKI may have one that does. */
static bool xen_able(const json_t *f)
{
	return xen_file(f) || has_section(f, ".linux");
}

static bool xen_whole(const json_t *f)
{
	return !get(f, xen_face(f), "damage");
}

/* LZO is the one format of Linux kernels that `lintel inspect` does not unpack. */
static bool xen_known(const json_t *f)
{
	return !is(get(f, xen_face(f), "format"), "lzo");
}

/* Debian builds Xen's library for guests without bzip2. */
static bool xen_no_bzip2(const json_t *f)
{
	return !is(get(f, xen_face(f), "format"), "bzip2");
}

static bool xen_pv(const json_t *f)
{
	return xen_note(f, "xen_pv");
}

static bool xen_dom0(const json_t *f)
{
	return !xen_note(f, "xen_no_dom0");
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
	return elf(f) || get(f, "multiboot1", "load_addr");
}

static bool multiboot2(const json_t *f)
{
	return json_object_get(f, "multiboot2");
}

static bool multiboot2_place(const json_t *f)
{
	return elf(f) || get(f, "multiboot2", "load_addr");
}

/* GRUB leaves boot services running only for a kernel with an entry of its own for that. */
static bool multiboot2_efi(const json_t *f)
{
	return get(f, "multiboot2", "boot_services") && get(f, "multiboot2", "entry_efi64");
}

static bool multiboot2_exited(const json_t *f)
{
	return !get(f, "multiboot2", "boot_services");
}

static bool multiboot_qemu(const json_t *f)
{
	return multiboot1(f) && multiboot1_place(f) && !is(get(f, "elf", "class"), "64 bits") &&
	       json_integer_value(get(f, "multiboot1", "offset")) < QEMU_MULTIBOOT_END;
}

static bool for_qemu(const json_t *f)
{
	return setup_header(f) || multiboot_qemu(f) || pvh(f);
}

static bool for_ipxe(const json_t *f)
{
	return setup_header(f) || (multiboot1(f) && multiboot1_place(f));
}

static bool for_cloud(const json_t *f)
{
	return (elf64(f) && pvh(f)) || entry64(f);
}

static bool ours(const json_t *f)
{
	return strstr(json_string_value(json_object_get(f, "kind")), "Lintel");
}

static bool packed(const json_t *f)
{
	return ours(f) && json_object_get(f, "kernel");
}

/* Only UEFI and Multiboot loaders load what says what another tool has added. */
static bool whole(const json_t *f)
{
	return !is(json_object_get(f, "kind"), KIND_ADDED_TO);
}

/* Firmware would load sections onto each other, and in the file Lintel's own are not where its code
 * looks for them. */
static bool apart(const json_t *f)
{
	return !get(f, "pe", "overlap");
}

/* No file meets this: GRUB loads only its first 512 bytes, which cannot find the rest. */
static bool one_sector(const json_t *f)
{
	(void)f;
	return false;
}

/* Which of Lintel's images has what a file lacks. */
enum face { UNIVERSAL, ELF_FACE, FACE_IA32 };

/**
 * struct need - what a loader looks for in a file
 * @lack:   the text where it is not met
 * @face:   Lintel's image that meets it
 * @advice: what to do where it is not met; NULL: give that image
 */
static const struct need {
	bool (*met)(const json_t *facts);
	const char *lack;
	enum face face;
	const char *advice;
} needs[] = {
	{ pe64, "no PE header of an EFI application for x86-64", UNIVERSAL, NULL },
	{ pe32, "no PE header of an EFI application for i386", FACE_IA32, NULL },
	{ is_signed, "not signed", UNIVERSAL, "sbsign --key db.key --cert db.crt FILE" },
	{ sbat, "no .sbat section", UNIVERSAL, NULL },
	{ osrel, "no .osrel section", UNIVERSAL, "lintel build --os-release=@/etc/os-release ..." },
	{ setup_header, "no Linux setup header, \"HdrS\" at offset 0x202", UNIVERSAL, NULL },
	{ entry32, "code32_start is 0: it has a 16-bit entry only", UNIVERSAL,
	  "linux16, or isolinux" },
	{ handover, "handover_offset is 0: no EFI handover entry", UNIVERSAL, NULL },
	{ handover64, "xloadflags lack the EFI handover entry in 64 bits", UNIVERSAL, NULL },
	{ above_4g, "xloadflags lack a 64-bit entry that may lie above 4 GiB", UNIVERSAL, NULL },
	{ elf64, "no ELF header for x86-64 at offset 0", ELF_FACE, NULL },
	{ for_cloud, "no ELF file with a PVH entry, no bzImage with a 64-bit entry", ELF_FACE,
	  NULL },
	{ xen_able, "neither an ELF file, nor a bzImage with one inside", UNIVERSAL,
	  "a kernel made for Xen; or a PVH guest" },
	{ xen_file, "neither an ELF file, nor a bzImage with one inside", UNIVERSAL, NULL },
	{ xen_whole, "the kernel in this bzImage is damaged", UNIVERSAL, "get the file once more" },
	{ xen_known, "the kernel in this bzImage is packed with LZO: not looked into", UNIVERSAL,
	  "pack the kernel with zstd (CONFIG_KERNEL_ZSTD)" },
	{ xen_no_bzip2, "the kernel in this bzImage is packed with bzip2", UNIVERSAL,
	  "pack the kernel with zstd (CONFIG_KERNEL_ZSTD)" },
	{ xen_pv, "no ELF notes of a Xen PV kernel", UNIVERSAL,
	  "a kernel with CONFIG_XEN_PV; or a PVH guest" },
	{ xen_dom0, "its ELF notes say that it can be no initial domain", UNIVERSAL,
	  "a kernel with CONFIG_XEN_DOM0" },
	{ xen_pvh, "no ELF note of a PVH entry", UNIVERSAL, NULL },
	{ multiboot1, "no Multiboot 1 header in the first 8 KiB", UNIVERSAL, NULL },
	{ multiboot1_place, "the Multiboot 1 header has no addresses, the file no ELF header",
	  UNIVERSAL, NULL },
	{ multiboot2, "no Multiboot 2 header in the first 32 KiB", UNIVERSAL, NULL },
	{ multiboot2_place, "the Multiboot 2 header has no addresses, the file no ELF header",
	  UNIVERSAL, NULL },
	{ multiboot2_exited, "the Multiboot 2 header has tag 7 without tag 9", UNIVERSAL, NULL },
	{ pvh, "no setup header, no ELF note of a PVH entry", UNIVERSAL, NULL },
	{ for_qemu, "no setup header, PVH note or Multiboot header for QEMU", UNIVERSAL, NULL },
	{ for_ipxe, "no setup header, no Multiboot 1 header with addresses", UNIVERSAL, NULL },
	{ packed, "not an image of Lintel's with a kernel inside", UNIVERSAL, NULL },
	{ ours, "not an image of Lintel's", UNIVERSAL, NULL },
	{ whole, "packed by another tool: this loader loads nothing that says so", UNIVERSAL,
	  NULL },
	{ apart, "sections lie on others in memory, as by dracut 059", UNIVERSAL, NULL },
	{ one_sector, "GRUB starts the first sector of a file, and no more", UNIVERSAL,
	  "linux16 /FILE; to start a whole disk: chainloader (hd1)" },
};

/*
 * Loaders, the door that they use, and what they need; the first need that is not met is
 * printed.  If a loader has several lines, the first whose needs are all met counts; if
 * there is none, the last one is printed.
 */
static const struct loader {
	const char *name, *door;
	bool (*needs[7])(const json_t *facts);
} loaders[] = {
	{ "UEFI firmware, 64-bit", "efi", { pe64, apart } },
	{ "UEFI firmware, 32-bit", "efi", { pe32, apart } },
	{ "UEFI firmware, Secure Boot", "efi", { pe64, is_signed, apart } },
	{ "shim", "efi", { pe64, is_signed, sbat, apart } },
	{ "systemd-boot, EFI/Linux", "efi", { pe64, osrel, apart } },
	{ "iPXE on UEFI", "efi", { pe64, apart } },
	{ "GRUB chainloader on UEFI", "efi", { pe64, apart } },
	{ "GRUB chainloader on a BIOS", "", { one_sector } },
	{ "GRUB linux", "linux32", { setup_header, entry32, whole } },
	{ "GRUB linux16", "linux16", { setup_header, whole } },
	{ "GRUB linuxefi", "efi-handover", { setup_header, handover, handover64, whole } },
	{ "GRUB multiboot", "multiboot1", { multiboot1, multiboot1_place, apart } },
	{ "GRUB multiboot2", "multiboot2", { multiboot2, multiboot2_place, apart } },
	{ "GRUB multiboot2 on UEFI", "multiboot2-efi64", { multiboot2, multiboot2_efi, apart } },
	{ "GRUB multiboot2 on UEFI",
	  "multiboot2",
	  { multiboot2, multiboot2_exited, multiboot2_place, apart } },
	{ "isolinux linux", "linux16", { setup_header, whole } },
	{ "isolinux mboot.c32", "multiboot1", { multiboot1, multiboot1_place, apart } },
	{ "iPXE on BIOS", "multiboot1", { multiboot1, multiboot1_place, apart } },
	{ "iPXE on BIOS", "linux16", { for_ipxe, whole } },
	{ "QEMU -kernel", "linux16", { setup_header, whole } },
	{ "QEMU -kernel", "multiboot1", { multiboot_qemu, apart } },
	{ "QEMU -kernel", "pvh", { for_qemu, whole } },
	{ "QEMU -kernel, microvm", "linux16", { setup_header, whole } },
	{ "QEMU -kernel, microvm", "pvh", { whole, pvh } },
	{ "QEMU -kernel with OVMF", "efi", { pe64, apart } },
	{ "Firecracker", "pvh", { elf64, pvh } },
	{ "Firecracker", "linux64", { elf64 } },
	{ "Cloud Hypervisor", "pvh", { elf64, pvh } },
	{ "Cloud Hypervisor", "linux64", { for_cloud, whole } },
	{ "Xen, PV initial domain",
	  "xenpv",
	  { whole, xen_able, xen_file, xen_whole, xen_known, xen_pv, xen_dom0 } },
	{ "Xen, PVH initial domain",
	  "pvh",
	  { whole, xen_able, xen_file, xen_whole, xen_known, xen_pvh } },
	{ "Xen, PV guest",
	  "xenpv",
	  { whole, xen_able, xen_file, xen_whole, xen_known, xen_no_bzip2, xen_pv } },
	{ "Xen, PVH guest",
	  "pvh",
	  { whole, xen_file, xen_whole, xen_known, xen_no_bzip2, xen_pvh } },
	{ "kexec", "linux64", { setup_header, above_4g, whole } },
	{ "CD, on a BIOS", "linux16", { packed, whole, setup_header } },
	{ "CD, on UEFI", "efi", { packed, whole, pe64 } },
	{ "disk, on a BIOS", "linux16", { packed, whole, setup_header } },
	{ "disk, on UEFI", "efi", { ours, whole, pe64 } },
};

static const struct need *need_of(bool (*met)(const json_t *facts))
{
	size_t i = 0;

	while (needs[i].met != met)
		i++;
	return &needs[i];
}

/* How many needs are met, from the first on. */
static size_t met(const struct loader *l, const json_t *facts)
{
	size_t i = 0;

	while (i < COUNT(l->needs) && l->needs[i] && l->needs[i](facts))
		i++;
	return i;
}

static bool takes(const struct loader *l, const json_t *facts)
{
	size_t i = met(l, facts);

	return i == COUNT(l->needs) || !l->needs[i];
}

/* The line of a loader that counts; the next loader begins after @last. */
static const struct loader *line_of(size_t first, size_t *last, const json_t *facts)
{
	const struct loader *found = NULL;
	size_t i = first;

	for (; i < COUNT(loaders) && !strcmp(loaders[i].name, loaders[first].name); i++)
		if (!found && takes(&loaders[i], facts))
			found = &loaders[i];
	*last = i - 1;
	return found ? found : &loaders[*last];
}

/* Files that `lintel build` takes; the 16-bit ones it refuses. */
static const char *source_of(const json_t *facts)
{
	if (has_section(facts, ".linux"))
		return "--uki=FILE";
	return elf(facts) || entry32(facts) ? "--linux=FILE" : NULL;
}

static json_t *advice_of(const struct need *lack, const json_t *facts)
{
	static const char *const outputs[] = {
		[UNIVERSAL] = "--output=OS.efi",
		[ELF_FACE] = "--elf=OS.elf",
		[FACE_IA32] = "--stub=lintelia32.efi ...",
	};
	const char *source = source_of(facts);

	if (lack->advice)
		return json_string(lack->advice);
	if (ours(facts))
		source = packed(facts) ? "--uki=FILE" : "--linux=KERNEL";
	if (!source)
		return json_string("none: it is no kernel that Lintel can pack");
	return json_sprintf("lintel build %s %s", source, outputs[lack->face]);
}

static json_t *row(const struct loader *l, const json_t *facts)
{
	const struct need *lack;

	if (takes(l, facts))
		return json_pack("{s:s, s:s, s:s}", "loader", l->name, "accepts", "yes", "door",
				 l->door);
	lack = need_of(l->needs[met(l, facts)]);
	return json_pack("{s:s, s:s, s:s, s:o}", "loader", l->name, "accepts",
			 lack->met == xen_known ? "unknown" : "no", "reason", lack->lack, "advice",
			 advice_of(lack, facts));
}

static json_t *rows(const json_t *facts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < COUNT(loaders); i++)
		json_array_append_new(list, row(line_of(i, &i, facts), facts));
	return list;
}

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static void print_row(const json_t *o)
{
	const char *door = text_of(o, "door");

	printf("%-8s%-28s%s\n", text_of(o, "accepts"), text_of(o, "loader"),
	       door ? door : text_of(o, "reason"));
	if (!door)
		printf("%36s-> %s\n", "", text_of(o, "advice"));
}

int explain_main(int argc, char **argv)
{
	static const struct command command = {
		"explain",
		"usage: lintel explain [--json=pretty|short|off] FILE\n\n"
		"Say which firmware, boot loaders and hypervisors take a file, and by which door;\n"
		"of those that do not, why, and what to do.  Headers decide: whether a signature\n"
		"is good, and whether the kernel likes the machine, is not looked at.",
	};
	enum json_mode mode = JSON_OFF;
	const char *path = parse_json_file(argc, argv, &command, &mode);
	const struct file *file = file_open_any(path);
	json_t *facts, *list;

	if (!file->size)
		reject(path, "is empty: no loader takes it");
	facts = facts_of(file);
	list = rows(facts);
	if (mode != JSON_OFF)
		json_print(list, mode);
	for (size_t i = 0; mode == JSON_OFF && i < json_array_size(list); i++)
		print_row(json_array_get(list, i));
	json_decref(list);
	json_decref(facts);
	return STATUS_DONE;
}
