// SPDX-License-Identifier: BSD-2-Clause
/*
 * The heads of ELF and PE files.  Called by all code that looks into such files.  Pure C
 * for any world; reads the file's bytes.
 */
#include "protocol/formats.h"

#include <lintel/linux.h>
#include <lintel/multiboot1.h>
#include <lintel/multiboot2.h>

/* A field of an ELF structure at @off, whatever the file's width. */
#define ADDRESS(type, field)                                        \
	(e->wide ? RD64(e->file, off, struct elf64_##type, field) : \
		   RD32(e->file, off, struct elf32_##type, field))
#define NUMBER(bits, type, field)                                       \
	(e->wide ? RD##bits(e->file, off, struct elf64_##type, field) : \
		   RD##bits(e->file, off, struct elf32_##type, field))

bool elf_open(struct elf *e, struct span file)
{
	const uint64_t off = 0;

	*e = (struct elf){ .file = file, .class = rd8(file, 4), .data = rd8(file, 5) };
	e->wide = e->class == ELFCLASS64;
	e->type = NUMBER(16, ehdr, e_type);
	e->machine = NUMBER(16, ehdr, e_machine);
	e->entry = ADDRESS(ehdr, e_entry);
	e->segments = (struct table){ ADDRESS(ehdr, e_phoff), NUMBER(16, ehdr, e_phnum),
				      NUMBER(16, ehdr, e_phentsize) };
	e->sections = (struct table){ ADDRESS(ehdr, e_shoff), NUMBER(16, ehdr, e_shnum),
				      NUMBER(16, ehdr, e_shentsize) };
	return rd32(file, 0) == ELF_MAGIC;
}

struct elf64_phdr elf_segment(const struct elf *e, uint64_t i)
{
	const uint64_t off = e->segments.at + i * e->segments.entry;

	return (struct elf64_phdr){
		.p_type = NUMBER(32, phdr, p_type),
		.p_offset = ADDRESS(phdr, p_offset),
		.p_vaddr = ADDRESS(phdr, p_vaddr),
		.p_paddr = ADDRESS(phdr, p_paddr),
		.p_filesz = ADDRESS(phdr, p_filesz),
		.p_memsz = ADDRESS(phdr, p_memsz),
		.p_align = ADDRESS(phdr, p_align),
	};
}

struct elf64_shdr elf_section(const struct elf *e, uint64_t i)
{
	const uint64_t off = e->sections.at + i * e->sections.entry;

	return (struct elf64_shdr){
		.sh_type = NUMBER(32, shdr, sh_type),
		.sh_offset = ADDRESS(shdr, sh_offset),
		.sh_size = ADDRESS(shdr, sh_size),
	};
}

bool pe_open(struct pe *p, struct span file)
{
	uint64_t head = rd32(file, MZ_E_LFANEW), security;

	*p = (struct pe){ .file = file, .optional = head + sizeof(struct pe_header) };
	if (rd16(file, 0) != MZ_MAGIC || rd32(file, head) != PE_MAGIC)
		return false;
	p->wide = rd16(file, p->optional) == PE_MAGIC64;
	p->machine = RD16(file, head, struct pe_header, Machine);
	p->directories = p->optional +
			 (p->wide ? offsetof(struct pe_optional_header64, DataDirectory) :
				    offsetof(struct pe_optional_header32, DataDirectory));
	security = p->directories + PE_DIRECTORY_SECURITY * sizeof(uint64_t);
	p->signature = rd32(file, security);
	p->signature_size = rd32(file, security + 4);
	p->sections = span_sub(
		file, p->optional + RD16(file, head, struct pe_header, SizeOfOptionalHeader),
		RD16(file, head, struct pe_header, NumberOfSections) * sizeof(struct pe_section));
	return true;
}

#define SETUP(bits, field) RD##bits(file, LINUX_SETUP_HEADER, struct setup_header, field)
/* kernel_version counts from the jump on, and so does the jump. */
#define JUMP (LINUX_SETUP_HEADER + offsetof(struct setup_header, jump))

/* A longer one is damage, and no reason to look through all of a file. */
#define NAME_MAX 255

static struct span bzimage_name(struct span file)
{
	uint64_t at = SETUP(16, kernel_version);
	struct span name = at ? span_from(file, JUMP + at) : span_sub(file, 0, 0);

	if (name.len > NAME_MAX)
		name.len = NAME_MAX;
	return span_text(name);
}

bool bzimage_open(struct bzimage *b, struct span file)
{
	uint64_t sectors = SETUP(8, setup_sects);
	uint64_t end = JUMP + sizeof(uint16_t) + (SETUP(16, jump) >> 8);

	*b = (struct bzimage){ 0 };
	if (SETUP(32, header) != LINUX_HDRS || SETUP(16, boot_flag) != LINUX_BOOT_FLAG)
		return false;
	b->header = span_sub(file, LINUX_SETUP_HEADER, end - LINUX_SETUP_HEADER);
	b->name = bzimage_name(file);
	b->version = SETUP(16, version);
	/* 0 means 4, as the protocol has it. */
	b->setup = ((sectors ? sectors : 4) + 1) * LINUX_SECTOR;
	b->syssize = SETUP(32, syssize) * UINT64_C(16);
	if (b->version < 0x204)
		b->syssize &= 0xffff0;
	if (b->version >= 0x208) {
		b->payload = b->setup + SETUP(32, payload_offset);
		b->payload_size = SETUP(32, payload_length);
	}
	if (!span_has(file, b->payload, b->payload_size))
		b->payload = b->payload_size = 0;
	return true;
}

/* The first place at a multiple of @step where @words words begin with @magic and sum to 0. */
static struct span header(struct span f, uint64_t end, uint64_t step, uint32_t magic,
			  uint64_t words)
{
	for (uint64_t at = 0; at < end && span_has(f, at, words * 4); at += step) {
		uint32_t sum = 0;

		for (uint64_t i = 0; i < words; i++)
			sum += rd32(f, at + 4 * i);
		if (rd32(f, at) == magic && !sum)
			return span_from(f, at);
	}
	return span_sub(f, 0, 0);
}

struct span mb1_header(struct span f)
{
	return header(f, MB1_SEARCH, 4, MB1_HEADER_MAGIC, 3);
}

struct span mb2_header(struct span f)
{
	return header(f, MB2_SEARCH, 8, MB2_HEADER_MAGIC, 4);
}
