/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first and the last instructions of the boot loader's stage, and the way from
 * real mode to 32-bit code and back.
 *
 * Entry from sector.S: real mode, CS = 0, the first sector still at 0x7c00.
 * Exit: as a boot loader of the Linux protocol enters the 16-bit setup code.
 */
#include "bios/boot/layout.h"

#define CODE32 0x08
#define DATA32 0x10
#define CODE16 0x18
#define DATA16 0x20

/* Fixed places, for C: bios/setup16.h and bios/boot/boot.h say what they are. */
	.globl	zero_page, e820_extra, sector_drive, sector_extensions, sector_shift
	.set	zero_page, BOOT_ZERO_PAGE
	.set	e820_extra, BOOT_E820
	.set	sector_drive, SECTOR_AT + SECTOR_DRIVE
	.set	sector_extensions, SECTOR_AT + SECTOR_EXTENSIONS
	.set	sector_shift, SECTOR_AT + SECTOR_SHIFT

	.code16
	.section .head, "ax"
stage:	jmp	start
	.org	STAGE_FIELDS_END
	.globl	image_fields
	.set	image_fields, stage + STAGE_IMAGE_LBA

start:	cli
	cld
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$SECTOR_AT, %esp
	movl	$bss_begin, %edi
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	rep stosb
	movl	$BOOT_ZERO_PAGE, %edi
	movl	$BOOT_CLEARED_END - BOOT_ZERO_PAGE, %ecx
	rep stosb
	sti
	calll	boot_main

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
 * Our segment begins at 0, so pointers and the stack are the same in both worlds.
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

	.data
	.balign	8
gdt:	.quad	0
	.quad	0x00cf9b000000ffff		/* CODE32: base 0, limit 4 GiB */
	.quad	0x00cf93000000ffff		/* DATA32 */
	.quad	0x00009b000000ffff		/* CODE16: limit 64 KiB, as real mode has it */
	.quad	0x000093000000ffff		/* DATA16 */
gdt_end:
gdt_size:
	.word	gdt_end - gdt - 1
	.long	gdt
	.section .note.GNU-stack, "", @progbits
