/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A boot sector that enters the 16-bit setup code as a boot loader does, for
 * test/setup16_test.py.  It loads the setup code to SETUP_SEGMENT, the sector with the command
 * line right behind it and the protected-mode part to 1 MiB, puts int15.S in front of the BIOS,
 * and enters the setup code with nothing in order but CS:IP.  Real mode, at 0x7c00, from the
 * first hard disk; changes the interrupt vectors, the BIOS data area, the A20 line and, with
 * A20_STUCK, the debug registers.  Its parameters: DEFAULTS of the test.
 */
#include <lintel/linux.h>

#include "shim/face/layout.h"

#define SETUP_SEGMENT 0x9000
#define SETUP_SECTORS (PM_OFFSET / LINUX_SECTOR + 1) /* the last one is the command line */
#define PM_SEGMENT 0x1000		/* where the BIOS can read to */
#define JUNK_SEGMENT 0x1234
#define BIOS_ROM 0xf000
#define COM1 0x3f8
#define PORT_92 0x92
#define KBC_DATA 0x60
#define KBC_COMMAND 0x64
#define BDA_KEYBOARD 0x417
#define BDA_SCRATCH 0x4f0		/* the A20 test of the setup code writes here */
#define SCRATCH 0x12345678

	.code16
	.section .text, "ax"
	.globl	_start, bios15
_start:	cli
	ljmp	$0, $1f
1:	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$0x7c00, %sp
	sti
	cld
	movw	$setup, %si
	call	read
	movw	$pm, %si
	call	read
	movb	$0x87, %ah
	movw	$PM_ROOM / 2, %cx
	movw	$copy, %si
	int	$0x15
	cli
	movl	0x15 * 4, %eax
	movl	%eax, bios15
	movl	$hook15, 0x15 * 4
	movb	$CAPS_LOCK, BDA_KEYBOARD
	movl	$SCRATCH, BDA_SCRATCH
.if NO_10_16
	xorl	%eax, %eax
	movl	%eax, 0x10 * 4
	movl	%eax, 0x16 * 4
.endif
.if A20_OFF == 1				/* by port 0x92 */
	inb	$PORT_92, %al
	andb	$0xfc, %al
	outb	%al, $PORT_92
.elseif A20_OFF == 2				/* by the keyboard controller */
	movb	$0xd1, %al
	outb	%al, $KBC_COMMAND
	movb	$0xdd, %al
	outb	%al, $KBC_DATA
.endif
.if A20_STUCK					/* each write to these ports traps: off again */
	movw	$trap, 4
	movw	$0, 6
	movl	$8, %eax			/* debugging extensions */
	movl	%eax, %cr4
	movl	$PORT_92, %eax
	movl	%eax, %dr0
	movl	$KBC_DATA, %eax
	movl	%eax, %dr1
	movl	$IO_BREAKPOINTS, %eax
	movl	%eax, %dr7
.endif
	movw	$JUNK_SEGMENT, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	$BIOS_ROM, %ax			/* no stack */
	movw	%ax, %ss
	movl	$0xdead0003, %esp
	std
	ljmp	$SETUP_SEGMENT + 0x20, $0

read:	movb	$0x42, %ah
	movb	$0x80, %dl
	int	$0x13
	jc	.
	ret

.if SWITCH
	.globl	switch
switch:	movw	$COM1, %dx			/* says that it ran, and leaves junk */
	movb	$'S', %al
	outb	%al, %dx
	movw	%dx, %ds
	movw	%dx, %es
	std
	lret
.endif

.if A20_STUCK
trap:	pushl	%eax
	xorl	%eax, %eax
	movl	%eax, %dr7
	movl	%eax, %dr6
	inb	$PORT_92, %al
	andb	$0xfc, %al
	outb	%al, $PORT_92
	movl	$IO_BREAKPOINTS, %eax
	movl	%eax, %dr7
	popl	%eax
	iretw
.endif

	.balign	4
setup:	.word	16, SETUP_SECTORS, 0, SETUP_SEGMENT	/* int 13h packets: sectors, to, from */
	.quad	1
pm:	.word	16, PM_ROOM / LINUX_SECTOR, 0, PM_SEGMENT
	.quad	1 + SETUP_SECTORS
copy:	.quad	0, 0, 0x000093010000ffff, 0x000093100000ffff, 0, 0
bios15:	.long	0
	.section .note.GNU-stack, "", @progbits
