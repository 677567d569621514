// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads the headers that loaders look for in a file: Linux, Multiboot 1 and 2, ELF with
 * Xen's notes.  Called by `lintel inspect`; refuses nothing, tells what is there.
 * PE is in face_pe.c.
 */
#include "iso/inspect/faces.h"

#include <stdio.h>
#include <string.h>
#include <lintel/linux.h>

#include "protocol/formats.h"
#include "protocol/notes.h"

#define MB1_ADDRESSES 0x10000
#define MB2_HEAD 16

#define SETUP(f, bits, field) \
	(json_int_t) RD##bits((f), LINUX_SETUP_HEADER, struct setup_header, field)

static void set_number(json_t *o, const char *key, uint64_t n)
{
	json_object_set_new(o, key, json_integer((json_int_t)n));
}

/* Half of them are beyond JSON's integers, so all are text. */
static void set_virtual(json_t *o, const char *key, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)n);
	json_object_set_new(o, key, json_string(text));
}

struct span linux_version(struct span f)
{
	uint64_t at = RD16(f, LINUX_SETUP_HEADER, struct setup_header, kernel_version);
	size_t n = 0;

	if (rd32(f, 0x202) != LINUX_HDRS || !at)
		return span_sub(f, 0, 0);
	while (n < 255 && rd8(f, 0x200 + at + n))
		n++;
	return span_sub(f, 0x200 + at, n);
}

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
	json_t *o;

	if (rd32(f, 0x202) != LINUX_HDRS || rd16(f, 0x1fe) != LINUX_BOOT_FLAG)
		return NULL;
	snprintf(protocol, sizeof(protocol), "%u.%02u", version >> 8, version & 0xff);
	o = json_pack("{s:s, s:o}", "protocol", protocol, "version", json_text(linux_version(f)));
	set_number(o, "code32_start",
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

json_t *face_multiboot1(struct span f)
{
	static const char *const fields[] = { "header_addr", "load_addr", "load_end_addr",
					      "bss_end_addr", "entry_addr" };
	struct span s = mb1_header(f);
	json_t *o;

	if (!s.len)
		return NULL;
	o = json_object();
	set_number(o, "offset", (uint64_t)(s.p - f.p));
	set_number(o, "flags", rd32(s, 4));
	for (size_t i = 0; i < 5 && rd32(s, 4) & MB1_ADDRESSES; i++)
		set_number(o, fields[i], rd32(s, 12 + 4 * i));
	return o;
}

/* Header tags (3.1.3): 2 addresses, 3 entry, 7 boot services, 8 and 9 EFI entries, 10 anywhere. */
static void add_multiboot2_tag(json_t *o, struct span tag)
{
	switch (rd16(tag, 0)) {
	case 2:
		set_number(o, "header_addr", rd32(tag, 8));
		set_number(o, "load_addr", rd32(tag, 12));
		set_number(o, "load_end_addr", rd32(tag, 16));
		set_number(o, "bss_end_addr", rd32(tag, 20));
		break;
	case 3:
		set_number(o, "entry_addr", rd32(tag, 8));
		break;
	case 7:
		json_object_set_new(o, "boot_services", json_true());
		break;
	case 8:
		set_number(o, "entry_efi32", rd32(tag, 8));
		break;
	case 9:
		set_number(o, "entry_efi64", rd32(tag, 8));
		break;
	case 10:
		set_number(o, "relocatable_min", rd32(tag, 8));
		set_number(o, "relocatable_max", rd32(tag, 12));
		break;
	default:
		break;
	}
}

json_t *face_multiboot2(struct span f)
{
	struct span s = mb2_header(f);
	uint64_t size;
	json_t *o;

	if (!s.len)
		return NULL;
	o = json_object();
	set_number(o, "offset", (uint64_t)(s.p - f.p));
	s = span_sub(s, 0, rd32(s, 8));
	for (uint64_t at = MB2_HEAD; span_has(s, at, 8) && rd32(s, at + 4) >= 8;
	     at += (size + 7) & ~7ull) {
		size = rd32(s, at + 4);
		add_multiboot2_tag(o, span_sub(s, at, size));
	}
	return o;
}

static json_t *segment(const struct elf64_phdr *p)
{
	json_t *o = json_object();

	set_number(o, "offset", p->p_offset);
	set_number(o, "paddr", p->p_paddr);
	set_virtual(o, "vaddr", p->p_vaddr);
	set_number(o, "file_size", p->p_filesz);
	set_number(o, "memory_size", p->p_memsz);
	return o;
}

/* What they say; a note that is not there is left out. */
static json_t *notes(const struct kernel_notes *n)
{
	json_t *o = json_object();

	if (n->lintel)
		json_object_set_new(o, "lintel", json_true());
	if (n->pv)
		json_object_set_new(o, "xen_pv", json_true());
	if (n->no_dom0)
		json_object_set_new(o, "xen_no_dom0", json_true());
	if (n->entry)
		set_virtual(o, "xen_entry", n->entry);
	if (n->virt_base)
		set_virtual(o, "xen_virt_base", n->virt_base);
	if (n->hypercall_page)
		set_virtual(o, "xen_hypercall_page", n->hypercall_page);
	if (n->phys32_entry)
		set_number(o, "pvh_entry", n->phys32_entry);
	return o;
}

static void elf_segments(json_t *o, const struct elf *e)
{
	struct kernel_notes said = { .entry = 0 };
	json_t *list = json_array();

	set_number(o, "entry", e->entry);
	for (uint64_t i = 0; i < e->segments.n; i++) {
		struct elf64_phdr p = elf_segment(e, i);

		if (p.p_type == PT_LOAD)
			json_array_append_new(list, segment(&p));
		if (p.p_type == PT_NOTE)
			notes_read(&said, span_sub(e->file, p.p_offset, p.p_filesz));
	}
	json_object_set_new(o, "loads", list);
	if (said.pv || said.lintel || said.phys32_entry)
		json_object_set_new(o, "notes", notes(&said));
}

json_t *face_elf(struct span f)
{
	char other[24];
	struct elf e;
	json_t *o;

	if (!elf_open(&e, f))
		return NULL;
	snprintf(other, sizeof(other), "machine %u", e.machine);
	o = json_pack("{s:s, s:s}", "machine",
		      e.machine == EM_X86_64 ? "x86-64" :
		      e.machine == EM_386    ? "i386" :
					       other,
		      "class", e.wide ? "64 bits" : "32 bits");
	elf_segments(o, &e);
	return o;
}
