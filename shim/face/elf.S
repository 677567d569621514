/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ELF face, file offsets 0 to 0x2ff, for loaders that want an ELF file: ELF64 with two
 * segments, which cover the whole file and lie at IMAGE_BASE.  `lintel build` extends the
 * last one.  Data only.  Everything after it is as in the universal face.
 */
#define OFFSET(symbol) ((symbol) - face + FACE_ELF_VMA)

#include "shim/face/elf.inc"
#include "shim/face/layout.h"

	.section .face_elf, "a"
face:
	elf_head 0, 0
	.org	FACE_SIZE
	.section .note.GNU-stack, "", @progbits
