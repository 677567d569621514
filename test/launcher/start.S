/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The launcher's entry, by Multiboot 1, and its jump to the kernel that launcher.c has
 * prepared.  32-bit, protected mode, no paging.
 *
 * On exit, as Documentation/arch/x86/boot.rst has it: interrupts off, cs = 0x10,
 * ds = es = ss = 0x18, all memory mapped one to one where there is paging, and
 *   32 bit  esi = boot_params, ebp = edi = ebx = 0
 *   64 bit  rsi = boot_params
 */
#include <lintel/multiboot1.h>

#define MB1_FLAGS 0x3			/* page-align modules, memory map */
#define CODE 0x10
#define DATA 0x18

	.section .text, "ax"
	.balign	4
	.long	MB1_HEADER_MAGIC, MB1_FLAGS, -(MB1_HEADER_MAGIC + MB1_FLAGS)

	.code32
	.globl start
start:	cli
	cld
	lgdt	gdtr
	ljmp	$CODE, $1f
1:	mov	$DATA, %ecx
	mov	%ecx, %ds
	mov	%ecx, %es
	mov	%ecx, %fs
	mov	%ecx, %gs
	mov	%ecx, %ss
	mov	$stack_top, %esp
	mov	%ebx, %edx			/* the information block; eax = the magic */
	call	launch				/* eax = entry, edx = its width */
	mov	$boot_params, %esi
	cmp	$64, %edx
	je	long_mode
	xor	%ebp, %ebp
	xor	%edi, %edi
	xor	%ebx, %ebx
	jmp	*%eax

long_mode:
	mov	%eax, %ebx
	mov	$0x20, %eax			/* PAE */
	mov	%eax, %cr4
	mov	$tables, %eax
	mov	%eax, %cr3
	mov	$0xc0000080, %ecx		/* EFER: LME */
	mov	$0x100, %eax
	xor	%edx, %edx
	wrmsr
	mov	$0x80000011, %eax		/* PG, ET, PE */
	mov	%eax, %cr0
	/* The selector of the boot protocol is 64-bit code from here on. */
	movl	$0x00af9b00, gdt + CODE + 4
	ljmp	$CODE, $2f
	.code64
2:	jmp	*%rbx

	.section .data, "aw"
	.balign	8
gdt:	.quad	0, 0
	.quad	0x00cf9b000000ffff		/* 0x10: 32-bit code */
	.quad	0x00cf93000000ffff		/* 0x18: data */
gdtr:	.word	. - gdt - 1
	.long	gdt

	.section .bss, "aw", @nobits
	.balign	16
	.skip	4096
stack_top:
	.section .note.GNU-stack, "", @progbits
