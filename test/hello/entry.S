/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The example kernel's entry, and the note by which it takes boot_params inside Xen PV too.
 * rsi = boot_params as they are seen; no address is used that is not relative.
 */
#include <lintel/lintel.h>

	LINTEL_NOTE

	.text
	.globl start
start:	lea	stack_top(%rip), %rsp
	mov	%rsi, %rdi
	xor	%ebp, %ebp
	cld
	call	hello

	.bss
	.balign	16
	.skip	8192
stack_top:
	.section .note.GNU-stack, "", @progbits
