/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot loader for BIOS media (bios/boot/), which the host tool puts onto what it makes.
 */
	.section .rodata
	.globl	bios_begin, bios_end
bios_begin:
	.incbin	"bios.bin"
bios_end:
	.section .note.GNU-stack, "", @progbits
