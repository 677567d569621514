// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where a kernel's file ends, for loaders that hand over one file: `cat kernel initrd`.
 * Called for a ramdisk of the doors that have one.  Pure C for any world; reads the
 * file's bytes.
 */
#include "elf.h"
#include "kernel.h"
#include "pe.h"

static uint64_t higher(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* Sections, and the signature behind them. */
static uint64_t pe_end(struct span f)
{
	uint64_t pe = rd32(f, MZ_E_LFANEW), optional = pe + sizeof(struct pe_header);
	struct span table = bundle_table(f); /* empty where this is no PE file */
	/* Its address is a file offset. */
	uint64_t directory = optional + offsetof(struct pe_optional_header64, DataDirectory) +
			     PE_DIRECTORY_SECURITY * sizeof(uint64_t);
	uint64_t end = 0;

	if (table.len && rd16(f, optional) == PE_MAGIC64)
		end = (uint64_t)rd32(f, directory) + rd32(f, directory + 4);
	for (uint64_t off = 0; off < table.len; off += sizeof(struct pe_section))
		end = higher(end, (uint64_t)RD32(table, off, struct pe_section, PointerToRawData) +
					  RD32(table, off, struct pe_section, SizeOfRawData));
	return end;
}

static uint64_t bzimage_end(struct span f)
{
	uint64_t sects = rd8(f, LINUX_SETUP_HEADER);
	uint64_t size = RD32(f, LINUX_SETUP_HEADER, struct setup_header, syssize);

	/* Before 2.04 only the lower half of the size was told. */
	if (RD16(f, LINUX_SETUP_HEADER, struct setup_header, version) < 0x204)
		return f.len;
	return ((sects ? sects : 4) + 1) * LINUX_SECTOR + size * 16;
}

static uint64_t section_end(struct span f, uint64_t off, bool wide)
{
	uint64_t base = wide ? RD64(f, off, struct elf64_shdr, sh_offset) :
			       RD32(f, off, struct elf32_shdr, sh_offset);
	uint64_t size = wide ? RD64(f, off, struct elf64_shdr, sh_size) :
			       RD32(f, off, struct elf32_shdr, sh_size);

	if (RD32(f, off, struct elf32_shdr, sh_type) == SHT_NOBITS)
		return 0;
	return size > UINT64_MAX - base ? UINT64_MAX : base + size;
}

/* A table of an ELF file: n entries of some size each; none where it cannot be. */
struct table {
	uint64_t at, n, entry;
};

static struct table elf_sections(struct span f, bool wide)
{
	return (struct table){
		wide ? RD64(f, 0, struct elf64_ehdr, e_shoff) :
		       RD32(f, 0, struct elf32_ehdr, e_shoff),
		wide ? RD16(f, 0, struct elf64_ehdr, e_shnum) :
		       RD16(f, 0, struct elf32_ehdr, e_shnum),
		wide ? RD16(f, 0, struct elf64_ehdr, e_shentsize) :
		       RD16(f, 0, struct elf32_ehdr, e_shentsize),
	};
}

static struct table elf_segments(struct span f, bool wide)
{
	return (struct table){
		wide ? RD64(f, 0, struct elf64_ehdr, e_phoff) :
		       RD32(f, 0, struct elf32_ehdr, e_phoff),
		wide ? RD16(f, 0, struct elf64_ehdr, e_phnum) :
		       RD16(f, 0, struct elf32_ehdr, e_phnum),
		wide ? RD16(f, 0, struct elf64_ehdr, e_phentsize) :
		       RD16(f, 0, struct elf32_ehdr, e_phentsize),
	};
}

static uint64_t segment_end(struct span f, uint64_t off, bool wide)
{
	uint64_t base = wide ? RD64(f, off, struct elf64_phdr, p_offset) :
			       RD32(f, off, struct elf32_phdr, p_offset);
	uint64_t size = wide ? RD64(f, off, struct elf64_phdr, p_filesz) :
			       RD32(f, off, struct elf32_phdr, p_filesz);

	return size > UINT64_MAX - base ? UINT64_MAX : base + size;
}

/*
 * The table of sections is the last thing in most files, but not in all.  A file without
 * one, as our own ELF face, is its segments and nothing else.
 */
static uint64_t elf_end(struct span f)
{
	bool wide = rd8(f, 4) == ELFCLASS64;
	struct table t = elf_sections(f, wide);
	bool sections = t.at;
	uint64_t end;

	if (!sections)
		t = elf_segments(f, wide);
	if (!t.n || !span_has(f, t.at, t.n * t.entry))
		return f.len;
	end = t.at + t.n * t.entry;
	for (uint64_t i = 0; i < t.n; i++) {
		uint64_t off = t.at + i * t.entry;

		end = higher(end, sections ? section_end(f, off, wide) : segment_end(f, off, wide));
	}
	return end;
}

uint64_t kernel_end(struct span f)
{
	uint64_t end = pe_end(f);

	switch (kernel_kind(f)) {
	case KERNEL_BZIMAGE:
		end = higher(end, bzimage_end(f));
		break;
	case KERNEL_ELF:
		end = elf_end(f);
		break;
	case KERNEL_FOREIGN:
		return f.len;
	case KERNEL_NONE:
		break;
	}
	return end && end < f.len ? end : f.len;
}
