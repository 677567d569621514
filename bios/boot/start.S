/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first instructions of the boot loader's stage.  It begins with the fields that the
 * host tool patches.
 *
 * Entry from sector.S: real mode, CS = 0, the first sector still at 0x7c00.
 * boot_main() does not come back: it ends in image_start(), or in a refusal.
 */
#include "bios/boot/layout.h"

	.code16
	.section .head, "ax"
stage:	jmp	start
	.org	STAGE_FIELDS_END

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
	.section .note.GNU-stack, "", @progbits
