/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries of the 32 processor exceptions, all of one size: error code (0 where the
 * processor pushes none) and vector on the stack, then trap().  64-bit, ring 0.
 */
	.section .text, "ax"
	.code64
	.globl trap_stub, trap_stub_end
	.hidden trap_stub, trap_stub_end, trap
	.balign 16
trap_stub:
	.set vector, 0
	.rept 32
	.balign 16
	/* 8, 10 to 14, 17, 21, 29 and 30 come with an error code. */
	.if !((1 << vector) & 0x60227d00)
	pushq	$0
	.endif
	pushq	$vector
	jmp	trap_common
	.set vector, vector + 1
	.endr
	.balign 16
trap_stub_end:

trap_common:
	cld
	push	%rax
	push	%rcx
	push	%rdx
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	mov	%rsp, %rdi
	push	%rbp
	mov	%rsp, %rbp
	and	$-16, %rsp
	call	trap
	leave
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rdx
	pop	%rcx
	pop	%rax
	add	$16, %rsp
	iretq
	.section .note.GNU-stack, "", @progbits
