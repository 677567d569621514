/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SBAT data of both images: shim starts only what says its generation (shim's SBAT.md).
 * Data only, in a page and a PE section of its own: tools that pack replace it by more lines.
 *
 * Generation 1: no version of Lintel has been revoked yet.  The last field is a URL, here
 * that of the specification of UKIs.
 */
	.section .sbat, "a"
	.globl	sbat_begin, sbat_end
sbat_begin:
	.ascii	"sbat,1,SBAT Version,sbat,1,"
	.ascii	"https://github.com/rhboot/shim/blob/main/SBAT.md\n"
	.ascii	"lintel,1,The Lintel authors,lintel,"
	.ascii	LINTEL_VERSION
	.ascii	",https://uapi-group.org/specifications/specs/unified_kernel_image/\n"
sbat_end:
	.section .note.GNU-stack, "", @progbits
