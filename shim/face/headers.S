/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * File offsets 0x300 to 0x93ff, the same in both faces: what loaders look for (PE,
 * Multiboot 1 and 2, the ELF view), the 16-bit setup code, the entries of the
 * protected-mode part, the bundle table.  Data, but for the entry stubs.
 */
#include "shim/face/layout.h"

#define OFFSET(symbol) ((symbol) - headers + FACE_SIZE)
#define AT(offset) .org (offset) - FACE_SIZE

#define PE_OPTIONAL_HEADER_SIZE 240
#define PE_SECTIONS 3
#define PE_HEADERS_SIZE 0x1000
#define PE_EXECUTABLE 0x0206		/* executable, no line numbers, no debug data */
#define PE_NX_COMPAT 0x0100
#define PE_EFI_APPLICATION 10
#define PE_DATA 0x40000040		/* initialised, read */
#define PE_TEXT 0x60000020		/* code, execute, read */
#define PE_WRITABLE 0xc0000040		/* initialised, read, write */

#define XEN_VIRT_BASE 0xffffffff80000000

#define MB1_MAGIC 0x1badb002
#define MB1_FLAGS 0x10003		/* page-align modules, memory map, addresses below */
#define MB2_MAGIC 0xe85250d6
#define MB2_OPTIONAL 1
#define MB2_LOWEST 1

	/* A PE section header; the name has 8 characters. */
	.macro	pe_section name, from, size, characteristics
	.ascii	"\name"
	.long	\size, OFFSET(\from), \size, OFFSET(\from)
	.long	0, 0, 0, \characteristics
	.endm

	.macro	pe_sections
	pe_section ".setup\0\0", setup_begin, (pm_begin-setup_begin), PE_DATA
	pe_section ".text\0\0\0", pm_begin, (text_end-pm_begin), PE_TEXT
	pe_section ".data\0\0\0", text_end, (data_size-headers+FACE_SIZE), PE_WRITABLE
	.endm

	/* ELF notes of Xen (public/elfnote.h): a number of 8 bytes, a text of 7. */
	.macro	xen_quad type, value
	.long	4, 8, \type
	.asciz	"Xen"
	.quad	\value
	.endm

	.macro	xen_text type, value
	.long	4, 8, \type
	.asciz	"Xen"
	.asciz	"\value"
	.endm

	.section .headers, "awx"
headers:
	AT(PE_OFFSET)
	.ascii	"PE\0\0"
	.word	0x8664, PE_SECTIONS
	.long	0, 0, 0
	.word	PE_OPTIONAL_HEADER_SIZE, PE_EXECUTABLE
	.word	0x20b				/* PE32+ */
	.byte	0, 0
	.long	text_end - setup_begin		/* SizeOfCode */
	.long	OFFSET(data_size)		/* SizeOfInitializedData */
	.long	0				/* SizeOfUninitializedData */
	.long	OFFSET(start_efi)		/* AddressOfEntryPoint */
	.long	PE_HEADERS_SIZE			/* BaseOfCode */
	.quad	0				/* ImageBase: none, it runs anywhere */
	.long	PAGE, PAGE			/* SectionAlignment, FileAlignment */
	.word	0, 0				/* operating system version */
	.word	3, 0				/* image version: 3 is "use LoadFile2" */
	.word	0, 0				/* subsystem version */
	.long	0
	.long	OFFSET(image_end)		/* SizeOfImage */
	.long	PE_HEADERS_SIZE
	.long	0				/* CheckSum */
	.word	PE_EFI_APPLICATION, PE_NX_COMPAT
	.quad	0, 0, 0, 0			/* stack and heap */
	.long	0, 16
	.skip	16 * 8
	AT(PE_SECTIONS_OFFSET)
	pe_sections

	AT(MB2_OFFSET)
mb2:	.long	MB2_MAGIC, 0, mb2_end - mb2, -(MB2_MAGIC + 0 + (mb2_end - mb2))
	.word	2, 0				/* address tag: all of the file, at IMAGE_BASE */
	.long	24, IMAGE_BASE + MB2_OFFSET, IMAGE_BASE, 0, 0
	.word	3, 0				/* entry address tag */
	.long	12, OFFSET(start_multiboot2) + IMAGE_BASE
	.balign	8
	.word	6, MB2_OPTIONAL			/* modules on page boundaries */
	.long	8
	.word	7, MB2_OPTIONAL			/* keep EFI boot services; never without tag 9 */
	.long	8
	.word	9, MB2_OPTIONAL			/* the entry then, in long mode */
	.long	12, OFFSET(start_multiboot2_efi64) + IMAGE_BASE
	.balign	8
	.word	10, MB2_OPTIONAL		/* relocatable: anywhere, low rather than high */
	.long	24, IMAGE_BASE, 0xffffffff, PAGE, MB2_LOWEST
	.word	0, 0
	.long	8
mb2_end:

	AT(SETUP16_OFFSET)
	.incbin	"setup16.bin"

	.set	setup_begin, headers + PE_HEADERS_SIZE - FACE_SIZE
	AT(MB1_OFFSET)
	.long	MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)
	.long	IMAGE_BASE + MB1_OFFSET, IMAGE_BASE, 0, 0
	.long	OFFSET(start_multiboot1) + IMAGE_BASE

	AT(PM_OFFSET)
pm_begin:
	.code32
	jmp	start_linux32
	AT(PM_OFFSET + PM_STARTUP_16)
	jmp	start_linux16
	AT(PM_OFFSET + PM_HANDOVER)
	jmp	start_efi_handover32
	AT(PM_OFFSET + PM_STARTUP_64)
	.code64
	jmp	start_linux64
	AT(PM_OFFSET + PM_HANDOVER + 0x200)
	jmp	start_efi_handover

	AT(ELF_VIEW_OFFSET)
	.byte	0x7f, 'E', 'L', 'F', 2, 1, 1, 0
	.quad	0
	.word	2, 62
	.long	1
	.quad	OFFSET(start_elf) + IMAGE_BASE
	.quad	64, 0
	.long	0
	.word	64, 56, 3, 64, 0, 0
	.long	4, 4				/* PT_NOTE */
	.quad	ELF_NOTES_OFFSET - ELF_VIEW_OFFSET
	.quad	IMAGE_BASE + ELF_NOTES_OFFSET, IMAGE_BASE + ELF_NOTES_OFFSET
	.quad	ELF_NOTES_SIZE, ELF_NOTES_SIZE, 4
	.long	1, 5
	.quad	ELF_VIEW_LOAD - ELF_VIEW_OFFSET
	.quad	IMAGE_BASE + ELF_VIEW_LOAD, IMAGE_BASE + ELF_VIEW_LOAD
	.quad	OFFSET(text_end) - ELF_VIEW_LOAD, OFFSET(text_end) - ELF_VIEW_LOAD
	.quad	PAGE
	.long	1, 6
	.quad	OFFSET(text_end) - ELF_VIEW_OFFSET
	.quad	OFFSET(text_end) + IMAGE_BASE, OFFSET(text_end) + IMAGE_BASE
	.quad	OFFSET(data_size), OFFSET(data_memory)
	.quad	PAGE

	AT(ELF_NOTES_OFFSET)
notes:	xen_quad 1, OFFSET(start_xenpv) + IMAGE_BASE + XEN_VIRT_BASE	/* ENTRY */
	xen_quad 18, OFFSET(start_pvh) + IMAGE_BASE	/* PHYS32_ENTRY */
	xen_quad 3, XEN_VIRT_BASE			/* VIRT_BASE: as Linux has it */
	xen_quad 4, 0					/* PADDR_OFFSET */
	xen_quad 15, 0x8000000000			/* INIT_P2M: out of the way */
	xen_text 5, "xen-3.0"				/* XEN_VERSION */
	xen_text 8, "generic"				/* LOADER */
	.long	4, 12, 19				/* PHYS32_RELOC: PVH runs anywhere */
	.asciz	"Xen"
	.long	PAGE, 0, 0xffffffff
	.if	. - notes - ELF_NOTES_SIZE
	.error	"the notes have the wrong size"
	.endif
	AT(BUNDLE_OFFSET)
	.ascii	BUNDLE_MAGIC
	.long	PE_SECTIONS, OFFSET(image_end)
	pe_sections
	AT(CODE_OFFSET)
	.section .note.GNU-stack, "", @progbits
