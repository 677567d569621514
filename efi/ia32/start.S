/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entry of the image for 32-bit UEFI, and its way out.
 *
 *   start_efi32   PE entry, cdecl: 4(%esp) = image handle, 8(%esp) = system table.
 *                 Protected mode, identity-mapped or without paging, the firmware's
 *                 descriptor tables and stack, boot services alive.
 *
 * The C function does all work in 32 bits.  Then this file changes to long mode, on the
 * identity map in the block, and jumps to the block's 64-bit code (shim/pc/leave.S, which is
 * included here as bytes).  Refusals end through the firmware's Exit().
 */
#include "shim/leave.h"

#define CR0_PE 0x00000001
#define CR0_ET 0x00000010
#define CR0_PG 0x80000000
#define CR4_PAE 0x20
#define MSR_EFER 0xc0000080
#define EFER_LME 0x100
#define CODE64 8

	.section .text, "ax"
	.code32
	.globl start_efi32
	.hidden start_efi32, door_efi32, canary_begin

start_efi32:
	cld
	mov	4(%esp), %eax
	mov	8(%esp), %edx
	and	$-16, %esp
	sub	$8, %esp
	push	%edx
	push	%eax
	call	canary_begin
	call	door_efi32

	/* eax = the block.  Switch paging off first: the firmware's page tables may have
	 * another format. */
	cli
	lea	LEAVE_ARGS(%eax), %edi
	call	1f
1:	pop	%ebp
	mov	$CR0_ET | CR0_PE, %eax
	mov	%eax, %cr0
	mov	$CR4_PAE, %eax
	mov	%eax, %cr4
	mov	LEAVE_CR3(%edi), %eax
	mov	%eax, %cr3
	mov	$MSR_EFER, %ecx
	mov	$EFER_LME, %eax
	xor	%edx, %edx
	wrmsr
	mov	$CR0_PG | CR0_ET | CR0_PE, %eax
	mov	%eax, %cr0

	lea	(gdt - 1b)(%ebp), %eax
	sub	$8, %esp
	movw	$gdt_end - gdt - 1, (%esp)
	mov	%eax, 2(%esp)
	lgdt	(%esp)
	lea	(arrive64 - 1b)(%ebp), %eax
	push	$CODE64
	push	%eax
	lret

	.code64
arrive64:
	/* The upper halves are undefined after the change of mode. */
	mov	%edi, %edi
	lea	-LEAVE_ARGS(%rdi), %rax
	jmp	*%rax

	.balign 8
gdt:	.quad 0
	.quad 0x00af9b000000ffff	/* 64-bit code */
gdt_end:

	.section .text.leave, "ax"
	.globl leave_code, leave_code_end
	.hidden leave_code, leave_code_end
leave_code:
	.incbin	"leave.bin"
leave_code_end:
	.section .note.GNU-stack, "", @progbits
