/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ELF face, file offsets 0 to 0x2ff, for those who want an ELF file: ELF64, two
 * segments that cover the whole file at IMAGE_BASE, the last of which `lintel build`
 * extends.  Data only.  Everything behind it is as in the universal face.
 */
#include "shim/face/layout.h"

#define OFFSET(symbol) ((symbol) - face + FACE_ELF_VMA)

	.section .face_elf, "a"
face:
	.byte	0x7f, 'E', 'L', 'F', 2, 1, 1, 0	/* ELFCLASS64, little-endian */
	.quad	0
	.word	2				/* e_type: ET_EXEC */
	.word	62				/* e_machine: EM_X86_64 */
	.long	1				/* e_version */
	.quad	OFFSET(start_elf) + IMAGE_BASE	/* e_entry */
	.quad	64				/* e_phoff */
	.quad	0				/* e_shoff */
	.long	0				/* e_flags */
	.word	64, 56, 3, 64, 0, 0		/* sizes and counts: 3 program headers */

	.long	4, 4				/* PT_NOTE */
	.quad	ELF_NOTES_OFFSET		/* in headers.S */
	.quad	IMAGE_BASE + ELF_NOTES_OFFSET, IMAGE_BASE + ELF_NOTES_OFFSET
	.quad	ELF_NOTES_SIZE, ELF_NOTES_SIZE, 4

	.long	1, 5				/* PT_LOAD, read and execute */
	.quad	0, IMAGE_BASE, IMAGE_BASE	/* p_offset, p_vaddr, p_paddr */
	.quad	OFFSET(text_end), OFFSET(text_end) /* p_filesz, p_memsz */
	.quad	PAGE

	.long	1, 6				/* PT_LOAD, read and write */
	.quad	OFFSET(text_end), OFFSET(text_end) + IMAGE_BASE, OFFSET(text_end) + IMAGE_BASE
	.quad	OFFSET(data_size), OFFSET(data_memory)
	.quad	PAGE
	.org	FACE_SIZE
	.section .note.GNU-stack, "", @progbits
