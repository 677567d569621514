/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The part of ELF that kernels need.  Segments decide what is loaded where; sections only
 * show where the file ends.  Source: System V ABI, gABI 4.1, chapters 4 "Object Files" and
 * 5 "Program Loading and Dynamic Linking", and the Intel386 and AMD64 supplements.
 *
 * Little-endian, offsets are counted from the file's begin, sizes are bytes.
 * Installed for kernel writers; compiles alone as C11 and C++17.  Assembly gets the
 * constants only.
 */
#ifndef PROTOCOL_ELF_H
#define PROTOCOL_ELF_H

#define ELF_MAGIC 0x464c457f /* e_ident[0..3], as a number: 7f "ELF" */
#define ELFCLASS32 1	     /* e_ident[4]: 32 bits */
#define ELFCLASS64 2	     /* e_ident[4]: 64 bits */
#define ELFDATA2LSB 1	     /* e_ident[5]: little-endian */
#define EV_CURRENT 1	     /* e_ident[6] and e_version */
#define ET_EXEC 2	     /* e_type: belongs at its addresses */
#define ET_DYN 3	     /* e_type: runs at any address */
#define EM_386 3	     /* e_machine */
#define EM_X86_64 62	     /* e_machine */
#define PT_LOAD 1	     /* p_type: to be loaded */
#define PT_INTERP 3	     /* p_type: names a dynamic linker; no kernel has it */
#define PT_NOTE 4	     /* p_type: notes */
#define SHT_NOBITS 8	     /* sh_type: has no bytes in the file */
#define PF_X 1		     /* p_flags: code */
#define PF_W 2		     /* p_flags: can be written */
#define PF_R 4		     /* p_flags: can be read */

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "wire.h"

/**
 * struct elf32_ehdr - the head of a file of 32 bits
 * @e_ident:     magic, class, byte order (ELFDATA2LSB), version, then zeros
 * @e_type:      ET_*
 * @e_machine:   EM_*
 * @e_version:   EV_CURRENT
 * @e_entry:     the entry's virtual address
 * @e_phoff:     offset of the program headers; 0: none
 * @e_shoff:     offset of the section headers; 0: none
 * @e_flags:     0 on x86
 * @e_ehsize:    size of this head
 * @e_phentsize: size of a program header
 * @e_phnum:     program headers
 * @e_shentsize: size of a section header
 * @e_shnum:     section headers
 * @e_shstrndx:  which section has the sections' names
 *
 * 52 bytes (gABI, "ELF Header").
 */
struct elf32_ehdr {
	uint8_t e_ident[16];
	uint16_t e_type, e_machine;
	uint32_t e_version, e_entry, e_phoff, e_shoff, e_flags;
	uint16_t e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
} LINTEL_PACKED;
LINTEL_SIZE(struct elf32_ehdr, 52);

/**
 * struct elf64_ehdr - the head of a file of 64 bits
 * @e_ident:     magic, class, byte order (ELFDATA2LSB), version, then zeros
 * @e_type:      ET_*
 * @e_machine:   EM_*
 * @e_version:   EV_CURRENT
 * @e_entry:     the entry's virtual address
 * @e_phoff:     offset of the program headers; 0: none
 * @e_shoff:     offset of the section headers; 0: none
 * @e_flags:     0 on x86
 * @e_ehsize:    size of this head
 * @e_phentsize: size of a program header
 * @e_phnum:     program headers
 * @e_shentsize: size of a section header
 * @e_shnum:     section headers
 * @e_shstrndx:  which section has the sections' names
 *
 * 64 bytes (gABI, "ELF Header").
 */
struct elf64_ehdr {
	uint8_t e_ident[16];
	uint16_t e_type, e_machine;
	uint32_t e_version;
	uint64_t e_entry, e_phoff, e_shoff;
	uint32_t e_flags;
	uint16_t e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
} LINTEL_PACKED;
LINTEL_SIZE(struct elf64_ehdr, 64);

/**
 * struct elf32_phdr - a segment
 * @p_type:   PT_*
 * @p_offset: its bytes in the file
 * @p_vaddr:  virtual address
 * @p_paddr:  physical address: where loaders put it
 * @p_filesz: bytes in the file
 * @p_memsz:  bytes in memory; what the file does not have is zero
 * @p_flags:  PF_*
 * @p_align:  power of two, or 0
 *
 * 32 bytes (gABI, "Program Header").
 */
struct elf32_phdr {
	uint32_t p_type, p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_flags, p_align;
} LINTEL_PACKED;
LINTEL_SIZE(struct elf32_phdr, 32);

/**
 * struct elf64_phdr - a segment
 * @p_type:   PT_*
 * @p_flags:  PF_*
 * @p_offset: its bytes in the file
 * @p_vaddr:  virtual address
 * @p_paddr:  physical address: where loaders put it
 * @p_filesz: bytes in the file
 * @p_memsz:  bytes in memory; what the file does not have is zero
 * @p_align:  power of two, or 0
 *
 * 56 bytes (gABI, "Program Header").
 */
struct elf64_phdr {
	uint32_t p_type, p_flags;
	uint64_t p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align;
} LINTEL_PACKED;
LINTEL_SIZE(struct elf64_phdr, 56);

/**
 * struct elf32_shdr - a section
 * @sh_name:      offset of its name in the section of names
 * @sh_type:      SHT_NOBITS or others
 * @sh_flags:     what it holds
 * @sh_addr:      virtual address
 * @sh_offset:    its bytes in the file
 * @sh_size:      bytes
 * @sh_link:      another section that it needs
 * @sh_info:      depends on sh_type
 * @sh_addralign: power of two, or 0
 * @sh_entsize:   size of an entry of a table
 *
 * 40 bytes (gABI, "Section Header").
 */
struct elf32_shdr {
	uint32_t sh_name, sh_type, sh_flags, sh_addr, sh_offset, sh_size, sh_link, sh_info;
	uint32_t sh_addralign, sh_entsize;
} LINTEL_PACKED;
LINTEL_SIZE(struct elf32_shdr, 40);

/**
 * struct elf64_shdr - a section
 * @sh_name:      offset of its name in the section of names
 * @sh_type:      SHT_NOBITS or others
 * @sh_flags:     what it holds
 * @sh_addr:      virtual address
 * @sh_offset:    its bytes in the file
 * @sh_size:      bytes
 * @sh_link:      another section that it needs
 * @sh_info:      depends on sh_type
 * @sh_addralign: power of two, or 0
 * @sh_entsize:   size of an entry of a table
 *
 * 64 bytes (gABI, "Section Header").
 */
struct elf64_shdr {
	uint32_t sh_name, sh_type;
	uint64_t sh_flags, sh_addr, sh_offset, sh_size;
	uint32_t sh_link, sh_info;
	uint64_t sh_addralign, sh_entsize;
} LINTEL_PACKED;
LINTEL_SIZE(struct elf64_shdr, 64);

#endif /* __ASSEMBLER__ */

#endif
