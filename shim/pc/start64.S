/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 64-bit doors, and where the 32-bit ones arrive.
 *
 *   linux64   long mode, some identity map that covers image, boot_params and
 *             command line, rsi = boot_params, interrupts off
 *   arrive64  from start32.S: edi = the door's argument, esi = its C function
 *
 * Calls the door's C function on our own stack and segments, and jumps to the code that it
 * returns, which is the copy of leave.S in the block.
 */
#include "shim/leave.h"

#define DATA 0x18
#define CODE 0x10

	.section .text, "ax"
	.code64
	.globl start_linux64, arrive64
	.hidden start_linux64, arrive64, gdt, gdtr, stack_top

start_linux64:
	cli
	cld
	mov	%rsi, %rdi
	lea	door_linux64(%rip), %rsi
	lea	stack_top(%rip), %rsp
	lea	gdt(%rip), %rax
	mov	%rax, gdtr + 2(%rip)
	lgdt	gdtr(%rip)
	lea	enter64(%rip), %rax
	push	$CODE
	push	%rax
	lretq

arrive64:
	/* The upper halves are undefined after the change of mode. */
	mov	%edi, %edi
	mov	%esi, %esi
enter64:
	mov	$DATA, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	%eax, %fs
	mov	%eax, %gs
	lea	stack_top(%rip), %rsp
	xor	%ebp, %ebp
	push	%rdi
	push	%rsi
	call	canary_begin
	pop	%rsi
	pop	%rdi
	call	*%rsi
	lea	LEAVE_ARGS(%rax), %rdi
	/* Our page tables forbid running code in the block. */
	mov	LEAVE_CR3(%rdi), %rcx
	mov	%rcx, %cr3
	jmp	*%rax

	.section .note.GNU-stack, "", @progbits
