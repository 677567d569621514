/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 32-bit entry of the checker, the kernel of test/setup16_test.py, at its first byte: puts
 * the registers on the stack as struct entry and gives its address to check().  Protected mode,
 * paging off, interrupts off, on the stack that the setup code left.  All that comes in by
 * another entry than the setup code's own stops.
 */
#include "shim/face/layout.h"

#define HLT 0xf4

	.code32
	.section .head, "ax"
	.fill	PM_STARTUP_16, 1, HLT
	pushfl					/* each push: a field of struct entry, last first */
	mov	%esp, %eax
	push	%eax
	mov	%cr0, %eax
	push	%eax
	mov	%ss, %eax
	push	%eax
	mov	%gs, %eax
	push	%eax
	mov	%fs, %eax
	push	%eax
	mov	%es, %eax
	push	%eax
	mov	%ds, %eax
	push	%eax
	mov	%cs, %eax
	push	%eax
	push	%ebp
	push	%edi
	push	%ebx
	push	%esi
	mov	%esp, %eax
	push	%eax
	call	check
	.section .note.GNU-stack, "", @progbits
