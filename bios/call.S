/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The BIOS call, and the functions that compilers call, for the 16-bit setup code and for
 * the boot loader of BIOS media.
 * Called from C in real mode with CS = DS = ES = SS.
 */
	.code16
	.text
/*
 * bool bios_call(uint32_t number [eax], struct bios_regs *r [edx])
 *
 * Calls the handler's address as `int` would, since the number of an `int` instruction is a
 * constant.  The handler may change any register except CS, SS and SP.  It gets our ES plus
 * r->es.
 */
	.globl	bios_call
bios_call:
	xorl	%ecx, %ecx
	movw	%cx, %fs
	movl	%fs:(,%eax,4), %eax
	testl	%eax, %eax
	jz	1f
	movl	%eax, handler

	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushl	%ebp
	pushl	%edx
	subl	$32, %esp
	movl	%edx, %esi
	movl	%esp, %edi
	movl	$8, %ecx
	rep movsl
	movw	%cs, %ax
	addw	(%esi), %ax			/* r->es */
	movw	%ax, %es
	popal
	stc
	pushfw
	cli
	lcallw	*%cs:handler

	pushfl
	pushal
	movw	%cs, %ax
	movw	%ax, %ds
	movw	%ax, %es
	cld
	sti
	movzwl	%sp, %esp
	movl	%esp, %esi
	movl	36(%esp), %edi			/* r */
	movl	$8, %ecx
	rep movsl
	addl	$32, %esp
	popl	%eax				/* eflags */
	notl	%eax
	andl	$1, %eax
	popl	%edx
	popl	%ebp
	popl	%edi
	popl	%esi
	popl	%ebx
1:	retl					/* no handler: eax is 0 */

/* void *memset(void *to [eax], int value [edx], size_t n [ecx]), called by the compiler */
	.globl	memset
memset:
	pushl	%edi
	pushl	%eax
	movl	%eax, %edi
	movb	%dl, %al
	rep stosb
	popl	%eax
	popl	%edi
	retl

/* void *memcpy(void *to [eax], const void *from [edx], size_t n [ecx]) */
	.globl	memcpy
memcpy:
	pushl	%esi
	pushl	%edi
	movl	%eax, %edi
	movl	%edx, %esi
	rep movsb
	popl	%edi
	popl	%esi
	retl

	.data
	.balign	4
handler:
	.long	0				/* address of the handler */

	.section .note.GNU-stack, "", @progbits
