/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A boot sector that makes the BIOS of a 512 MiB machine tell ENTRIES (odd) memory
 * ranges by int 15h E820, then boots the second disk.  For test/doors/run.py; real
 * mode; linked at 0, and runs from the KiB that it takes from the top of low RAM.
 *
 * The map: low RAM, a reserved hole, RAM to 256 MiB, PAIRS of 4 KiB reserved and
 * 508 KiB RAM, RAM to the top and the reserved ACPI tables.  Nothing can be merged.
 * media.py's lie_ram() holds the same sums.
 */
#define SMAP	0x534d4150
#define LOW	0x9f800
#define TOP	0x1ffe0000
#define START	0x10000000
#define FIXED_SIZE 11
#define PAIRS	((ENTRIES - 5) / 2)
#define END	(START + (PAIRS << 19))

	.code16
	.globl	_start
_start:
	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %ss
	movw	$0x7c00, %sp
	decw	0x413			/* KiB of low memory, as the BIOS data area says */
	movw	0x413, %ax
	shlw	$6, %ax
	movw	%ax, %es
	movw	$0x7c00, %si
	xorw	%di, %di
	movw	$512, %cx
	rep movsb
	pushw	%es
	pushw	$moved
	lretw

moved:
	movl	0x15 * 4, %eax
	movl	%eax, %es:old
	movw	$hook, 0x15 * 4
	movw	%es, 0x15 * 4 + 2
	xorw	%ax, %ax
	movw	%ax, %es
	movw	$0x0201, %ax		/* read one sector, the first, of the second disk */
	movw	$0x7c00, %bx
	movw	$0x0001, %cx
	movw	$0x0081, %dx
	int	$0x13
	movw	$0x0081, %dx
	sti
	ljmpw	$0, $0x7c00

/* int 15h: ebx is the entry's number, es:di takes it.  Uses esi, ecx and dl until done. */
hook:
	cmpl	$0xe820, %eax
	jne	1f
	cmpl	$SMAP, %edx
	je	tell
1:	ljmpw	*%cs:old

tell:
	pushl	%esi
	movw	$fixed, %si
2:	cmpw	%cs:(%si), %bx
	je	3f
	addw	$FIXED_SIZE, %si
	cmpw	$fixed_end, %si
	jb	2b
	leal	-3(%ebx), %esi		/* in the pairs: even reserved, odd RAM */
	movl	$0x1000, %ecx
	movb	$2, %dl
	shrl	$1, %esi
	jnc	4f
	movb	$1, %dl
4:	pushfw
	shll	$19, %esi
	addl	$START, %esi
	popfw
	jnc	5f
	addl	%ecx, %esi
	movl	$0x7f000, %ecx
	jmp	5f
3:	movl	%cs:6(%si), %ecx
	movb	%cs:10(%si), %dl
	movl	%cs:2(%si), %esi
5:	movl	%esi, %es:(%di)
	movl	$0, %es:4(%di)
	movl	%ecx, %es:8(%di)
	movl	$0, %es:12(%di)
	movzbl	%dl, %edx
	movl	%edx, %es:16(%di)
	popl	%esi
	movl	$SMAP, %eax
	movl	%eax, %edx
	movl	$20, %ecx
	incl	%ebx
	cmpl	$ENTRIES, %ebx
	jne	6f
	xorl	%ebx, %ebx
6:	pushw	%bp
	movw	%sp, %bp
	andb	$0xfe, 6(%bp)		/* no carry in the caller's flags: success */
	popw	%bp
	iretw

#define RANGE(number, base, end, type) .word number; .long base, (end) - (base); .byte type
fixed:
	RANGE(0, 0, LOW, 1)
	RANGE(1, LOW, 0x100000, 2)
	RANGE(2, 0x100000, START, 1)
	RANGE(ENTRIES - 2, END + 0x1000, TOP, 1)
	RANGE(ENTRIES - 1, TOP, 0x20000000, 2)
fixed_end:

old:	.long	0
	.org	510
	.word	0xaa55
