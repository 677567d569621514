/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first sector of BIOS media, and the beginning of an El Torito image: loads the stage
 * and enters it.
 *
 * Entry: real mode at 0:0x7c00 or 0x7c0:0, dl = drive.  From a BIOS, or from GRUB's
 * `chainloader`, with interrupts and A20 off.  On a disk only the first 446 bytes are ours;
 * a partition table follows.  The stage is read one sector at a time, since that works
 * alike for a CD, a disk and a BIOS without extensions.  If it is not on drive dl (GRUB's
 * `chainloader (hd0)+1` passes the drive of its own root), all disks are tried.
 */
#include "bios/boot/layout.h"
#include "shim/pc/com1.h"

#define TRIES 3
#define FIRST_DISK 0x80
#define DRIVES_END 0x90
#define TICKS_5S 91
#define DRIVE_PARAMETERS 0x600
#define DRIVE_SECTOR_SIZE 24

	.code16
	.section .sector, "ax"
	.globl	sector
sector:	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$SECTOR_AT, %sp
	ljmp	$0, $1f
1:	sti
try:	movb	%dl, drive
	movb	told_shift, %al
	movb	%al, shift
	movb	$0, extensions
	movb	$0x41, %ah			/* extensions? */
	movw	$0x55aa, %bx
	int	$0x13
	jc	2f
	cmpw	$0xaa55, %bx
	jne	2f
	andb	$1, %cl
	movb	%cl, extensions
	jz	2f
	cmpb	$0, shift			/* how long are the sectors? */
	jne	2f
	movb	$0x48, %ah
	movb	drive, %dl
	movw	$DRIVE_PARAMETERS, %si
	movw	$26, (%si)
	int	$0x13
	jc	2f
	bsfw	DRIVE_PARAMETERS + DRIVE_SECTOR_SIZE, %ax
	jz	2f
	subb	$9, %al
	cmpb	$3, %al
	ja	2f
	movb	%al, shift

2:	movb	shift, %cl
	movl	stage_lba, %esi
	shrl	%cl, %esi
	movw	stage_count, %di
	shrw	%cl, %di
	movw	$STAGE_AT >> 4, %bp
	movw	$512 >> 4, %ax
	shlw	%cl, %ax
	movw	%ax, step
3:	call	read
	incl	%esi
	addw	step, %bp
	decw	%di
	jnz	3b

	movw	$STAGE_AT, %si
	movw	stage_count, %cx
	shlw	$7, %cx
	xorl	%edx, %edx
4:	lodsl
	addl	%eax, %edx
	loop	4b
	cmpl	$STAGE_SUM_VALUE, %edx
	je	STAGE_AT

next:	movw	$SECTOR_AT, %sp
	movb	other, %dl
	incb	other
	cmpb	$DRIVES_END, %dl
	jb	try

	movw	$COM1_LCR, %dx			/* 8N1, if it was never set up */
	movb	$LCR_8N1, %al
	outb	%al, %dx
	movw	$unreadable, %si
fail:	lodsb
	testb	%al, %al
	jz	8f
	pushw	%ax
	movb	$0xe, %ah
	movw	$7, %bx
	int	$0x10
	popw	%ax
	movw	$COM1, %dx
	outb	%al, %dx
	movb	$0x20, %ch			/* until it is sent */
10:	outb	%al, $0x80
	loop	10b
	jmp	fail
8:	movw	$TICKS_5S, %cx
11:	hlt
	loop	11b
	int	$0x18				/* next boot device */
12:	hlt
	jmp	12b

/* Sector esi of the drive to bp:0. */
read:	movb	$TRIES, tries
5:	pushal
	movw	%bp, %es
	movb	drive, %dl
	cmpb	$0, extensions
	je	6f
	pushl	$0
	pushl	%esi
	pushw	%bp
	pushw	$0
	pushw	$1
	pushw	$16
	movw	%sp, %si
	movb	$0x42, %ah
	int	$0x13
	leaw	16(%esp), %sp			/* carry stays */
	jmp	7f
6:	movb	$8, %ah				/* cylinders, heads, sectors */
	pushw	%es
	int	$0x13
	popw	%es
	jc	7f
	andw	$63, %cx
	movzbw	%dh, %bx
	incw	%bx
	movzwl	%cx, %ecx
	xorl	%edx, %edx
	movl	%esi, %eax
	divl	%ecx				/* eax: track, edx: sector in it */
	incw	%dx
	movw	%dx, %cx
	movzwl	%bx, %ebx
	xorl	%edx, %edx
	divl	%ebx				/* eax: cylinder, edx: head */
	movb	%al, %ch
	shlb	$6, %ah
	orb	%ah, %cl
	movb	%dl, %dh
	movb	drive, %dl
	xorw	%bx, %bx
	movw	$0x201, %ax
	int	$0x13
7:	popal
	jnc	9f
	pushal
	xorw	%ax, %ax			/* reset */
	movb	drive, %dl
	int	$0x13
	popal
	decb	tries
	jnz	5b
	jmp	next
9:	ret

unreadable:
	.asciz	"lintel: E30 boot loader unreadable or damaged\r\n"

	.org	SECTOR_STAGE_LBA		/* an error here: the code is too long */
stage_lba:
	.long	4
stage_count:
	.word	0
told_shift:
	.byte	0
drive:	.byte	0
extensions:
	.byte	0
shift:	.byte	0
step:	.word	0
tries:	.byte	0
other:	.byte	FIRST_DISK
	.org	SECTOR_BOOT_FLAG
	.word	0xaa55
	.org	STAGE_OFFSET
	.section .note.GNU-stack, "", @progbits
