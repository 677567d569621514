/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ELF, as far as a kernel's segments need it (System V ABI, Object Files, gABI
 * 4.1 and the Intel386 and AMD64 supplements).  Segments decide what is loaded
 * where; sections tell only where the file ends.
 */
#ifndef PROTOCOL_ELF_H
#define PROTOCOL_ELF_H

#include <stdint.h>

#include "at.h"

#define ELF_MAGIC 0x464c457f
#define ELFCLASS32 1
#define ELFCLASS64 2
#define ET_EXEC 2
#define ET_DYN 3
#define EM_386 3
#define EM_X86_64 62
#define PT_LOAD 1
#define PT_INTERP 3
#define PT_NOTE 4
#define SHT_NOBITS 8
#define PF_X 1
#define PF_W 2
#define PF_R 4

struct elf32_ehdr {
	uint8_t e_ident[16];
	uint16_t e_type, e_machine;
	uint32_t e_version, e_entry, e_phoff, e_shoff, e_flags;
	uint16_t e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
} PACKED;
SIZE(struct elf32_ehdr, 52);

struct elf64_ehdr {
	uint8_t e_ident[16];
	uint16_t e_type, e_machine;
	uint32_t e_version;
	uint64_t e_entry, e_phoff, e_shoff;
	uint32_t e_flags;
	uint16_t e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
} PACKED;
SIZE(struct elf64_ehdr, 64);

struct elf32_phdr {
	uint32_t p_type, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_flags, p_align;
} PACKED;
SIZE(struct elf32_phdr, 32);

struct elf64_phdr {
	uint32_t p_type, p_flags;
	uint64_t p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align;
} PACKED;
SIZE(struct elf64_phdr, 56);

struct elf32_shdr {
	uint32_t sh_name, sh_type, sh_flags, sh_addr, sh_offset, sh_size, sh_link, sh_info;
	uint32_t sh_addralign, sh_entsize;
} PACKED;
SIZE(struct elf32_shdr, 40);

struct elf64_shdr {
	uint32_t sh_name, sh_type;
	uint64_t sh_flags, sh_addr, sh_offset, sh_size;
	uint32_t sh_link, sh_info;
	uint64_t sh_addralign, sh_entsize;
} PACKED;
SIZE(struct elf64_shdr, 64);

#endif
