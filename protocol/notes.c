// SPDX-License-Identifier: BSD-2-Clause
/*
 * ELF notes of a kernel.  Called by kernel.c and `lintel inspect`.  Pure C for any world;
 * reads the file's bytes.
 */
#include "protocol/notes.h"

#include <lintel/xen_guest.h>

#include "protocol/lib.h"
#include "protocol/number.h"

#define NOTE_HEAD 12 /* namesz, descsz, type */

static bool is(struct span text, const char *word)
{
	size_t n = strlen(word);

	return text.len >= n && !memcmp(text.p, word, n);
}

/* The size of a name counts its NUL. */
static bool is_name(struct span name, const char *word)
{
	size_t size = strlen(word) + 1;

	return name.len == size && !memcmp(name.p, word, size);
}

/* A number of 1, 2, 4 or 8 bytes. */
static uint64_t number(struct span desc)
{
	switch (desc.len) {
	case 1:
		return rd8(desc, 0);
	case 2:
		return rd16(desc, 0);
	case 4:
		return rd32(desc, 0);
	default:
		return rd64(desc, 0);
	}
}

/* Up to three numbers of 32 bits. */
static void take_reloc(struct kernel_notes *n, struct span desc)
{
	n->phys32_reloc = true;
	n->reloc_align = desc.len >= 4 ? rd32(desc, 0) : 0x200000;
	n->reloc_min = desc.len >= 8 ? rd32(desc, 4) : 0;
	n->reloc_max = desc.len >= 12 ? rd32(desc, 8) : UINT32_MAX;
}

static void take_xen(struct kernel_notes *n, uint32_t type, struct span desc)
{
	switch (type) {
	case XEN_ELFNOTE_ENTRY:
		n->entry = number(desc);
		break;
	case XEN_ELFNOTE_HYPERCALL_PAGE:
		n->hypercall_page = number(desc);
		break;
	case XEN_ELFNOTE_VIRT_BASE:
		n->virt_base = number(desc);
		break;
	case XEN_ELFNOTE_PADDR_OFFSET:
		n->paddr_offset = number(desc);
		break;
	case XEN_ELFNOTE_XEN_VERSION:
		n->xen_version = is(desc, "xen-3.0");
		break;
	case XEN_ELFNOTE_GUEST_OS:
		n->is_linux = is(desc, "linux");
		n->loader |= n->is_linux;
		break;
	case XEN_ELFNOTE_LOADER:
		n->loader |= is(desc, "generic");
		break;
	case XEN_ELFNOTE_SUPPORTED_FEATURES:
		n->no_dom0 = !(number(desc) >> XENFEAT_DOM0 & 1);
		break;
	case XEN_ELFNOTE_PHYS32_ENTRY:
		n->phys32_entry = number(desc);
		break;
	case XEN_ELFNOTE_PHYS32_RELOC:
		take_reloc(n, desc);
		break;
	default:
		break;
	}
}

void notes_read(struct kernel_notes *n, struct span s)
{
	for (uint64_t off = 0; span_has(s, off, NOTE_HEAD);) {
		uint32_t namesz = rd32(s, off), descsz = rd32(s, off + 4);
		uint32_t type = rd32(s, off + 8);
		struct span name = span_sub(s, off + NOTE_HEAD, namesz);
		struct span desc = span_sub(s, off + NOTE_HEAD + align_up(namesz, 4), descsz);

		if (is_name(name, "Xen"))
			take_xen(n, type, desc);
		if (is_name(name, LINTEL_ELFNOTE_NAME) && type == LINTEL_ELFNOTE_ENTRY) {
			n->lintel = true;
			n->contract = rd32(desc, 0);
		}
		off += NOTE_HEAD + align_up(namesz, 4) + align_up(descsz, 4);
	}
	n->pv = n->loader && n->xen_version;
}

bool notes_read_all(struct kernel_notes *n, const struct elf *e)
{
	uint64_t total = 0;

	for (uint64_t i = 0; i < e->segments.n; i++) {
		struct elf64_phdr p = elf_segment(e, i);
		struct span s = span_sub(e->file, p.p_offset, p.p_filesz);

		if (p.p_type != PT_NOTE)
			continue;
		total += s.len;
		if (total > NOTES_MAX)
			return false;
		notes_read(n, s);
	}
	return true;
}
