/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The face for 32-bit UEFI, file offsets 0 to 0x93ff: MZ and a PE32 header, and the bundle
 * table at the same place as in the universal image (shim/face/layout.h).  RVA = file
 * offset.  Data only.  lintelia32.ld puts it at address 0.
 */
#define OFFSET(symbol) ((symbol) - face)

#define PE_OPTIONAL_HEADER_SIZE 224
#define PE_SECTIONS 3

#include "shim/face/pe.inc"

	.macro	pe_sections
	pe_section ".text\0\0\0", text_begin, (text_end-text_begin), PE_TEXT
	pe_section ".data\0\0\0", text_end, (data_pages-face), PE_WRITABLE
	pe_section ".sbat\0\0\0", sbat_begin, (sbat_size-face), PE_DATA, PAGE
	.endm

	.section .face, "a"
face:
	.word	MZ_MAGIC
	.org	MZ_E_LFANEW
	.long	PE_OFFSET

	.org	PE_OFFSET
	pe_header PE_MACHINE_I386, PE_MAGIC32, PE_FILE_32BIT_MACHINE, text_begin, start_efi32
	.org	PE_OFFSET + 24 + PE_OPTIONAL_HEADER_SIZE
	pe_sections

	.set	text_begin, face + PE_HEADERS_SIZE
	.org	BUNDLE_OFFSET
	bundle_table
	.org	CODE_OFFSET
	.section .note.GNU-stack, "", @progbits
