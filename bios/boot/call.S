/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the boot loader of BIOS media leaves 16-bit C: to call a 32-bit function, to enter
 * the image's setup code as a boot loader of the Linux protocol does, and to return from an
 * attempt that failed.
 * Called from C in real mode with CS = DS = ES = SS = 0.
 */
#include "bios/boot/layout.h"

#define CODE32 0x08
#define DATA32 0x10
#define CODE16 0x18
#define DATA16 0x20

	.code16
	.text
/* _Noreturn void image_start(void): DS = ES = SS = FS = GS = the setup code's segment */
	.globl	image_start
image_start:
	cli
	movw	$BOOT_SETUP_SEGMENT, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movl	$BOOT_CMDLINE, %esp
	ljmp	$BOOT_SETUP_SEGMENT + 0x20, $0

/*
 * void high_call(void (*f)(void *) [eax], void *argument [edx])
 *
 * Our segment begins at 0, so pointers and the stack are the same in both modes.
 */
	.globl	high_call
high_call:
	cli
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushl	%ebp
	movl	%eax, %ecx
	lgdtl	gdt_size
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$CODE32, $1f
	.code32
1:	movl	$DATA32, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	%edx, %eax
	call	*%ecx
	movl	$DATA16, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	ljmpl	$CODE16, $2f
	.code16
2:	movl	%cr0, %eax
	andb	$0xfe, %al
	movl	%eax, %cr0
	ljmp	$0, $3f
3:	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	popl	%ebp
	popl	%edi
	popl	%esi
	popl	%ebx
	sti
	retl

/* bool attempt(void (*f)(void *) [eax], void *argument [edx]) */
	.globl	attempt, attempt_end, attempt_stack
attempt:
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushl	%ebp
	movl	%esp, attempt_stack
	movl	%eax, %ecx
	movl	%edx, %eax
	calll	*%ecx
	movl	$1, %eax
1:	movl	$0, attempt_stack
	popl	%ebp
	popl	%edi
	popl	%esi
	popl	%ebx
	retl

/* _Noreturn void attempt_end(void): as if f had come back, but with false */
attempt_end:
	movl	attempt_stack, %esp
	xorl	%eax, %eax
	jmp	1b

	.bss
	.balign	4
attempt_stack:
	.skip	4				/* esp within an attempt, else 0 */

	.data
	.balign	8
gdt:	.quad	0
	.quad	0x00cf9b000000ffff		/* CODE32: base 0, limit 4 GiB */
	.quad	0x00cf93000000ffff		/* DATA32 */
	.quad	0x00009b000000ffff		/* CODE16: limit 64 KiB, as in real mode */
	.quad	0x000093000000ffff		/* DATA16 */
gdt_end:
gdt_size:
	.word	gdt_end - gdt - 1
	.long	gdt
	.section .note.GNU-stack, "", @progbits
