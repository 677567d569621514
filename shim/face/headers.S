/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * File offsets 0x300 to 0x93ff, the same in both faces: what loaders look for (PE,
 * Multiboot 1 and 2, the ELF view), the 16-bit setup code, the entries of the
 * protected-mode part, the bundle table.  Data, except for the entry stubs.
 */
#include <lintel/multiboot1.h>
#include <lintel/multiboot2.h>
#include <lintel/xen_guest.h>

#define OFFSET(symbol) ((symbol) - headers + FACE_SIZE)
#define HERE(offset) .org (offset) - FACE_SIZE

#define PE_OPTIONAL_HEADER_SIZE 240
#define PE_SECTIONS 4

#include "shim/face/elf.inc"
#include "shim/face/layout.h"
#include "shim/face/pe.inc"

#define MB1_FLAGS (MB1_PAGE_ALIGN | MB1_MEMORY_INFO | MB1_AOUT_KLUDGE)

/* Xen puts its table of frames at this virtual address, far from anything that Lintel uses. */
#define INIT_P2M 0x8000000000

	.macro	pe_sections
	pe_section ".setup\0\0", setup_begin, (pm_begin-setup_begin), PE_DATA
	pe_section ".text\0\0\0", pm_begin, (text_end-pm_begin), PE_TEXT
	pe_section ".data\0\0\0", text_end, (data_pages-headers+FACE_SIZE), PE_WRITABLE
	pe_section ".sbat\0\0\0", sbat_begin, (sbat_size-headers+FACE_SIZE), PE_DATA, PAGE
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
	HERE(PE_OFFSET)
	pe_header PE_MACHINE_AMD64, PE_MAGIC64, 0, setup_begin, start_efi
	HERE(PE_SECTIONS_OFFSET)
	pe_sections

	HERE(SETUP16_OFFSET)
	.incbin	"setup16.bin"

	.set	setup_begin, headers + PE_HEADERS_SIZE - FACE_SIZE
	HERE(MB2_OFFSET)
mb2:	.long	MB2_HEADER_MAGIC, MB2_ARCHITECTURE_I386, mb2_end - mb2
	.long	-(MB2_HEADER_MAGIC + MB2_ARCHITECTURE_I386 + (mb2_end - mb2))
	.word	MB2_HEADER_ADDRESS, 0		/* all of the file, at IMAGE_BASE */
	.long	24, IMAGE_BASE + MB2_OFFSET, IMAGE_BASE, 0, 0
	.word	MB2_HEADER_ENTRY, 0
	.long	12, OFFSET(start_multiboot2) + IMAGE_BASE
	.balign	8
	.word	MB2_HEADER_MODULE_ALIGN, MB2_HEADER_OPTIONAL
	.long	8
	.word	MB2_HEADER_EFI_BS, MB2_HEADER_OPTIONAL	/* the next one must come with it */
	.long	8
	.word	MB2_HEADER_ENTRY_EFI64, MB2_HEADER_OPTIONAL
	.long	12, OFFSET(start_multiboot2_efi64) + IMAGE_BASE
	.balign	8
	.word	MB2_HEADER_RELOCATABLE, MB2_HEADER_OPTIONAL	/* anywhere below 4 GiB */
	.long	24, IMAGE_BASE, 0xffffffff, PAGE, MB2_PREFERENCE_LOW
	.word	MB2_HEADER_END, 0
	.long	8
mb2_end:

	HERE(MB1_OFFSET)
	.long	MB1_HEADER_MAGIC, MB1_FLAGS, -(MB1_HEADER_MAGIC + MB1_FLAGS)
	.long	IMAGE_BASE + MB1_OFFSET, IMAGE_BASE, 0, 0
	.long	OFFSET(start_multiboot1) + IMAGE_BASE

	HERE(PM_OFFSET)
pm_begin:
	.code32
	jmp	start_linux32
	HERE(PM_OFFSET + PM_STARTUP_16)
	jmp	start_linux16
	HERE(PM_OFFSET + PM_HANDOVER)
	jmp	start_efi_handover32
	HERE(PM_OFFSET + PM_STARTUP_64)
	.code64
	jmp	start_linux64
	HERE(PM_OFFSET + PM_HANDOVER + 0x200)
	jmp	start_efi_handover

	HERE(ELF_VIEW_OFFSET)
	elf_head ELF_VIEW_OFFSET, ELF_VIEW_LOAD

	HERE(ELF_NOTES_OFFSET)
notes:	xen_quad XEN_ELFNOTE_ENTRY, OFFSET(start_xenpv) + IMAGE_BASE + XEN_VIRT_BASE
	xen_quad XEN_ELFNOTE_PHYS32_ENTRY, OFFSET(start_pvh) + IMAGE_BASE
	xen_quad XEN_ELFNOTE_VIRT_BASE, XEN_VIRT_BASE
	xen_quad XEN_ELFNOTE_PADDR_OFFSET, 0
	xen_quad XEN_ELFNOTE_INIT_P2M, INIT_P2M
	xen_text XEN_ELFNOTE_XEN_VERSION, "xen-3.0"
	xen_text XEN_ELFNOTE_LOADER, "generic"
	.long	4, 12, XEN_ELFNOTE_PHYS32_RELOC		/* PVH runs anywhere */
	.asciz	"Xen"
	.long	PAGE, 0, 0xffffffff
	.if	. - notes - ELF_NOTES_SIZE
	.error	"the notes have the wrong size"
	.endif
	HERE(BUNDLE_OFFSET)
	bundle_table
	HERE(CODE_OFFSET)
	.section .note.GNU-stack, "", @progbits
