/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The face for 32-bit UEFI, file offsets 0 to 0x93ff: MZ and a PE32 header, and the
 * bundle table where the universal image has it (shim/layout.h).  RVA = file offset.
 * Data only.  lintelia32.ld puts it at address 0.
 */
#include "shim/face/layout.h"

#define OFFSET(symbol) ((symbol) - face)

/* All that PE32 has, no padding: firmware compares this with the number of directories. */
#define PE_OPTIONAL_HEADER_SIZE 224
#define PE_SECTIONS 2
#define PE_HEADERS_SIZE 0x1000
#define PE_EXECUTABLE 0x0306		/* executable, 32 bits, no line numbers, no debug data */
#define PE_NX_COMPAT 0x0100
#define PE_EFI_APPLICATION 10
#define PE_TEXT 0x60000020		/* code, execute, read */
#define PE_WRITABLE 0xc0000040		/* initialised, read, write */

	/* A PE section header; the name has 8 characters. */
	.macro	pe_section name, from, size, characteristics
	.ascii	"\name"
	.long	\size, OFFSET(\from), \size, OFFSET(\from)
	.long	0, 0, 0, \characteristics
	.endm

	.macro	pe_sections
	pe_section ".text\0\0\0", text_begin, (text_end-text_begin), PE_TEXT
	pe_section ".data\0\0\0", text_end, (data_size-face), PE_WRITABLE
	.endm

	.section .face, "a"
face:
	.ascii	"MZ"
	.org	0x3c
	.long	PE_OFFSET

	.org	PE_OFFSET
	.ascii	"PE\0\0"
	.word	0x14c, PE_SECTIONS
	.long	0, 0, 0
	.word	PE_OPTIONAL_HEADER_SIZE, PE_EXECUTABLE
	.word	0x10b				/* PE32 */
	.byte	0, 0
	.long	text_end - text_begin		/* SizeOfCode */
	.long	OFFSET(data_size)		/* SizeOfInitializedData */
	.long	0				/* SizeOfUninitializedData */
	.long	OFFSET(start_efi32)		/* AddressOfEntryPoint */
	.long	PE_HEADERS_SIZE			/* BaseOfCode */
	.long	OFFSET(text_end)		/* BaseOfData */
	.long	0				/* ImageBase: none, it runs anywhere */
	.long	PAGE, PAGE			/* SectionAlignment, FileAlignment */
	.word	0, 0				/* operating system version */
	.word	3, 0				/* image version: 3 is "use LoadFile2" */
	.word	0, 0				/* subsystem version */
	.long	0
	.long	OFFSET(image_end)		/* SizeOfImage */
	.long	PE_HEADERS_SIZE
	.long	0				/* CheckSum */
	.word	PE_EFI_APPLICATION, PE_NX_COMPAT
	.long	0, 0, 0, 0			/* stack and heap */
	.long	0, 16
	.skip	16 * 8			/* directories */
	.org	PE_OFFSET + 24 + PE_OPTIONAL_HEADER_SIZE
	pe_sections

	.set	text_begin, face + PE_HEADERS_SIZE
	.org	BUNDLE_OFFSET
	.ascii	BUNDLE_MAGIC
	.long	PE_SECTIONS, OFFSET(image_end)
	pe_sections
	.org	CODE_OFFSET
	.section .note.GNU-stack, "", @progbits
