/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ELF and PE files of either width in one form, and the setup header of bzImages: what
 * kernel.c, bundle.c and the host tool look at, whoever wrote the file.  Nothing is refused
 * here; what is damaged reads as 0 or empty.  Pure; any world.
 */
#ifndef PROTOCOL_FORMATS_H
#define PROTOCOL_FORMATS_H

#include <lintel/elf.h>

#include "protocol/pe.h"
#include "protocol/span.h"

/** struct table - @n entries of @entry bytes, from @at on */
struct table {
	uint64_t at, n, entry;
};

/** struct elf - an open ELF file; segments and sections come as ELF64's structures */
struct elf {
	struct span file;
	bool wide;
	uint8_t class, data;
	uint16_t type, machine;
	uint64_t entry;
	struct table segments, sections;
};

/** elf_open() - its head; false where the magic is not there */
bool elf_open(struct elf *e, struct span file);

/** elf_segment(), elf_section() - number @i; zeros outside the file */
struct elf64_phdr elf_segment(const struct elf *e, uint64_t i);
struct elf64_shdr elf_section(const struct elf *e, uint64_t i);

/** struct pe - an open PE file; @sections: its table, @signature: its place in the file */
struct pe {
	struct span file, sections;
	bool wide;
	uint16_t machine;
	uint64_t optional, directories;
	uint64_t signature, signature_size;
};

/** pe_open() - its heads; false where it is none */
bool pe_open(struct pe *p, struct span file);

/**
 * struct bzimage - the setup header of a bzImage
 * @header:       from LINUX_SETUP_HEADER to where its jump leads; empty if the file is cut off
 * @name:         version of the kernel, as text, at most 255 bytes of it; empty for none
 * @version:      of the boot protocol
 * @setup:        bytes before the protected-mode part
 * @syssize:      bytes of that part, rounded up to 16; before 2.04 only their lower 20 bits
 * @payload:      where the compressed ELF file is in the file; 0: before 2.08, or outside
 * @payload_size: its bytes; 0 where there is none
 */
struct bzimage {
	struct span header, name;
	uint16_t version;
	uint64_t setup, syssize, payload, payload_size;
};

/** bzimage_open() - its setup header; false and all 0 if the magics are not there */
bool bzimage_open(struct bzimage *b, struct span file);

/** mb1_header(), mb2_header() - a kernel's Multiboot header and what follows it; empty: none */
struct span mb1_header(struct span file);
struct span mb2_header(struct span file);

#endif
