/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stands between the setup code and int 15h of the BIOS, for test/setup16_test.py: gives the
 * memory map, the sizes of memory and the A20 answer that a test wants, and passes everything
 * else on.  Real mode, part of loader.S's sector, which has put it in front; writes nothing but
 * the caller's buffer and leaves junk in each register that a BIOS may change.  Its parameters:
 * DEFAULTS of the test.
 */
#define COM1 0x3f8
#define SMAP 0x534d4150
#define INTERRUPTS 0x200		/* in the flags */
#define JUNK 0xdeadbeef

	.code16
	.section .text, "ax"
	.globl	hook15
hook15:	cmpl	$0xe820, %eax
	je	e820
	cmpw	$0xe801, %ax
	je	e801
	cmpb	$0x88, %ah
	je	mem88
	cmpw	$0x2401, %ax
	je	a20
	cmpw	$0xec00, %ax
	je	long_mode
bios:	ljmpw	*%cs:bios15
none:
.if MUTE
	iretw
.else
	movb	$0x86, %ah
	stc
	lret	$2
.endif

long_mode:					/* says that it was asked */
	cmpb	$2, %bl
	jne	none
	movw	$COM1, %dx
	movb	$'L', %al
	outb	%al, %dx
	clc
	lret	$2

a20:	movw	$COM1, %dx
	movb	$'B', %al
	outb	%al, %dx
	movw	$0x2401, %ax
.if A20_BIOS
	jmp	bios
.else
	jmp	none
.endif

e801:
.if E801_LOW < 0
	jmp	bios
.elseif E801_LOW == 0
	jmp	none
.else
	xorl	%eax, %eax
	xorl	%ebx, %ebx
	xorl	%ecx, %ecx
	xorl	%edx, %edx
.if E801_IN_CX
	movw	$E801_LOW, %cx
	movw	$E801_HIGH, %dx
.else
	movw	$E801_LOW, %ax
	movw	$E801_HIGH, %bx
.endif
	clc
	lret	$2
.endif

mem88:
.if MEM_88 < 0
	jmp	bios
.elseif MEM_88 == 0
	jmp	none
.else
	movw	$MEM_88, %ax
	clc
	lret	$2
.endif

e820:
.if E820 < 0
	jmp	bios
.elseif E820 == 0
	jmp	none
.else
	cmpl	$SMAP, %edx
	jne	none
	movw	%sp, %bp
	testw	$INTERRUPTS, 4(%bp)		/* a BIOS wants interrupts on */
	jz	none
	cmpl	$E820, %ebx
	jae	none
	movl	$0x100000, %es:(%di)		/* base: ebx * 4 GiB + 1 MiB */
	movl	%ebx, %es:4(%di)
	movl	$E820_SIZE, %es:8(%di)
	movl	$0, %es:12(%di)
	cmpl	$E820_EMPTY, %ebx
	jne	1f
	movl	$0, %es:8(%di)
1:	movl	%ebx, %eax
	andl	$1, %eax
	incl	%eax
	movl	%eax, %es:16(%di)		/* type */
	cmpb	$24, %cl
	movl	$20, %ecx
	jb	2f
.if E820_ACPI3 == 1				/* odd entries are switched off */
	decl	%eax
	xorl	$1, %eax
	movl	%eax, %es:20(%di)
	movb	$24, %cl
.elseif E820_ACPI3 == 2				/* all of them, says a certain vendor */
	movl	$0, %es:20(%di)
	movb	$24, %cl
.endif
2:	incl	%ebx
.if E820_CARRY == 0
	cmpl	$E820, %ebx
	jb	3f
	xorl	%ebx, %ebx
3:
.endif
	movl	$SMAP, %eax
	cmpl	$E820_FORGETS, %ebx
	jne	4f
	xorl	%eax, %eax
4:	movl	$JUNK, %edx
	movl	%edx, %esi
	movl	%edx, %edi
	movl	%edx, %ebp
	movw	%dx, %ds
	movw	%dx, %es
	movw	%dx, %fs
	std
	clc
	lret	$2
.endif
	.section .note.GNU-stack, "", @progbits
