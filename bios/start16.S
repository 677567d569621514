/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first and the last instructions of the 16-bit setup code.
 *
 * Entry (Linux boot protocol, "Running the Kernel"): real mode, CS = S + 0x20 where
 * S:0 is file offset 0; the face at 0x200 jumps here without changing CS.
 * By protocol DS = S and SS:SP is a stack, but this code relies on no register except CS,
 * nor on IF, DF or A20.
 *
 * Exit (same document, "32-bit Boot Protocol"): protected mode, paging off, IF = 0,
 * CS = 0x10 and DS = ES = FS = GS = SS = 0x18, flat; esi = the zero page;
 * ebp = edi = ebx = 0.  The IDT is empty: a trap is a reset.
 */
#include "shim/face/layout.h"

#define CODE32 0x10
#define DATA32 0x18

	.set	realmode_swtch, 0x208		/* setup_header.realmode_swtch */

	.code16
	.section .head, "ax"
	.globl	start16
start16:
	cli
	cld
	movw	%cs, %ax
	subw	$0x20, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$SETUP16_STACK_TOP, %esp
	pushw	%ax
	pushw	$1f
	lretw					/* CS = S, offsets = file offsets */

1:	movl	$SETUP16_ZERO_PAGE, %edi	/* it may hold junk */
	movl	$(SETUP16_STACK_TOP - SETUP16_ZERO_PAGE) / 4, %ecx
	xorl	%eax, %eax
	rep stosl
	sti
	calll	main
	movl	%eax, entry

	/* Interrupts off: by the loader's own routine, if it has one, else here. */
	cmpl	$0, realmode_swtch
	je	2f
	lcallw	*realmode_swtch
	jmp	3f
2:	cli
	movb	$0x80, %al			/* NMI off */
	outb	%al, $0x70
	outb	%al, $0x80			/* the CMOS is slow */
3:	cli
	cld
	movw	%cs, %ax			/* the routine may have changed DS */
	movw	%ax, %ds

	movzwl	%ax, %ebx
	shll	$4, %ebx
	addl	%ebx, gdt_where
	addl	%ebx, start32_where
	lidtl	idt_none
	lgdtl	gdt_size
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	*start32_where

	.code32
start32:
	movl	$DATA32, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	leal	SETUP16_STACK_TOP(%ebx), %esp
	leal	SETUP16_ZERO_PAGE(%ebx), %esi
	movl	entry(%ebx), %eax
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	xorl	%ebp, %ebp
	xorl	%edi, %edi
	xorl	%ebx, %ebx
	jmp	*%eax

	.data
	.balign	8
gdt:	.quad	0
	.quad	0
	.quad	0x00cf9b000000ffff		/* CODE32: base 0, limit 4 GiB */
	.quad	0x00cf93000000ffff		/* DATA32 */
gdt_end:
gdt_size:
	.word	gdt_end - gdt - 1
gdt_where:
	.long	gdt				/* + the segment's base */
idt_none:
	.word	0
	.long	0
start32_where:
	.long	start32				/* + the segment's base */
	.word	CODE32
	.balign	4
entry:	.long	0				/* what main() returned */

	.section .note.GNU-stack, "", @progbits
