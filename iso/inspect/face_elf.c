// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads the headers of an ELF file, and what Xen's notes and Lintel's own say.  Called by
 * `lintel inspect`; refuses nothing, says what is there.
 */
#include "iso/inspect/faces.h"

#include <stdio.h>

#include "protocol/formats.h"
#include "protocol/notes.h"

static json_t *segment(const struct elf64_phdr *p)
{
	json_t *o = json_object();

	json_set_number(o, "offset", p->p_offset);
	json_set_number(o, "paddr", p->p_paddr);
	json_set_virtual(o, "vaddr", p->p_vaddr);
	json_set_number(o, "file_size", p->p_filesz);
	json_set_number(o, "memory_size", p->p_memsz);
	return o;
}

/* The facts of the notes; notes that do not exist are left out. */
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
		json_set_virtual(o, "xen_entry", n->entry);
	if (n->virt_base)
		json_set_virtual(o, "xen_virt_base", n->virt_base);
	if (n->hypercall_page)
		json_set_virtual(o, "xen_hypercall_page", n->hypercall_page);
	if (n->phys32_entry)
		json_set_number(o, "pvh_entry", n->phys32_entry);
	return o;
}

static void elf_segments(json_t *o, const struct elf *e)
{
	struct kernel_notes said = { .entry = 0 };
	json_t *list = json_array();

	json_set_number(o, "entry", e->entry);
	for (uint64_t i = 0; i < e->segments.n; i++) {
		struct elf64_phdr p = elf_segment(e, i);

		if (p.p_type == PT_LOAD)
			json_array_append_new(list, segment(&p));
	}
	json_object_set_new(o, "loads", list);
	if (!notes_read_all(&said, e))
		json_object_set_new(o, "notes",
				    json_string("longer than 1 MiB, so no kernel's: not read"));
	else if (said.pv || said.lintel || said.phys32_entry)
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
