// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where a kernel's file ends, for loaders that hand over one file: `cat kernel initrd`.
 * Called for the ramdisk, by doors whose protocol has only one.  Pure C for any world;
 * reads the file's bytes.
 */
#include "protocol/formats.h"
#include "protocol/kernel.h"
#include "protocol/number.h"

/* The end of the sections, and of the signature after them. */
static uint64_t pe_end(struct span f)
{
	struct pe pe;
	uint64_t end;

	if (!pe_open(&pe, f))
		return 0;
	end = pe.signature + pe.signature_size;
	for (uint64_t off = 0; off < pe.sections.len; off += sizeof(struct pe_section))
		end = higher(end,
			     (uint64_t)RD32(pe.sections, off, struct pe_section, PointerToRawData) +
				     RD32(pe.sections, off, struct pe_section, SizeOfRawData));
	return end;
}

static uint64_t bzimage_end(struct span f)
{
	struct bzimage b;

	if (!bzimage_open(&b, f))
		return 0;
	/* Before 2.04 the header has only the lower half of the size. */
	return b.version < 0x204 ? f.len : b.setup + b.syssize;
}

static uint64_t sum(uint64_t base, uint64_t size)
{
	return size > UINT64_MAX - base ? UINT64_MAX : base + size;
}

/*
 * In most files the table of sections comes last, but not in all.  A file without one, such
 * as our own ELF face, ends with its segments.
 */
static uint64_t elf_end(struct span f)
{
	struct elf e;
	struct table t;
	uint64_t end;

	elf_open(&e, f);
	t = e.sections.at ? e.sections : e.segments;
	if (!t.n || !span_has(f, t.at, t.n * t.entry))
		return f.len;
	end = t.at + t.n * t.entry;
	for (uint64_t i = 0; i < t.n; i++) {
		struct elf64_shdr s = elf_section(&e, i);
		struct elf64_phdr p = elf_segment(&e, i);

		if (!e.sections.at)
			end = higher(end, sum(p.p_offset, p.p_filesz));
		else if (s.sh_type != SHT_NOBITS)
			end = higher(end, sum(s.sh_offset, s.sh_size));
	}
	return end;
}

uint64_t kernel_end(struct span f, enum kernel_kind kind)
{
	uint64_t end = pe_end(f);

	switch (kind) {
	case KERNEL_UKI: /* our own are both */
	case KERNEL_BZIMAGE:
		end = higher(end, bzimage_end(f));
		break;
	case KERNEL_ELF:
		end = elf_end(f);
		break;
	case KERNEL_FOREIGN:
		return f.len;
	default:
		break;
	}
	return end && end < f.len ? end : f.len;
}
