/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 32-bit doors and the one change to long mode that they share.
 *
 * All are entered in protected mode, paging and interrupts off, flat segments, with
 * no stack to rely on:
 *   multiboot1   eax = 2badb002, ebx = information block
 *   multiboot2   eax = 36d76289, ebx = boot information
 *   linux32      esi = boot_params
 *   linux16      the same, from our own 16-bit setup code
 *   pvh          ebx = hvm_start_info (PHYS32_ENTRY note)
 *   ELF entry    ebx = hvm_start_info, or eax has a Multiboot magic.  PVH monitors may have
 *                one in eax too, so ebx's block is looked at first.
 *   EFI handover from a 32-bit firmware: refused here
 * cr4 and EFER may still be as UEFI had them (PAE, NXE set).  Each door puts its argument
 * into edi and its C function into eax; long mode begins at arrive64 with
 *   edi = argument, esi = C function
 */
#include <lintel/multiboot1.h>
#include <lintel/multiboot2.h>
#include <lintel/pvh.h>

#include "protocol/number.h"
#include "shim/face/layout.h"

#define CR0_PE 0x00000001
#define CR0_ET 0x00000010
#define CR0_PG 0x80000000
#define CR4_PAE 0x20
#define MSR_EFER 0xc0000080
#define EFER_LME 0x100
#define EFLAGS_ID 0x200000
#define CPUID_EXTENDED 0x80000000
#define CPUID_LONG_MODE 29
/* The first map is in the last pages of paging_pool: root, PDPT, and two PD. */
#define FIRST_PAGE 8
#define MAPPED 3

/* boot_params has four bytes for a stack.  In the other blocks, four bytes are borrowed. */
#define BOOT_PARAMS_SCRATCH 0x1e4
#define LOW_STACK 0x7c00

/* The image may lie anywhere, so addresses are relative to `here`, whose address is in ebp. */
#define REL(symbol) (symbol - here)(%ebp)

	.section .text, "ax"
	.code32
	.globl start_multiboot1, start_multiboot2, start_linux32, start_linux16
	.globl start_pvh, start_elf, start_efi_handover32
	.hidden start_multiboot1, start_multiboot2, start_linux32, start_linux16
	.hidden start_pvh, start_elf, start_efi_handover32

	/* Set ebp with a stack of four bytes at \offset(\reg), whose content is kept. */
	.macro	find_here offset, reg
	mov	\offset(\reg), %edx
	lea	4+\offset(\reg), %esp
	call	1f
1:	pop	%ebp
	mov	%edx, \offset(\reg)
	lea	(here - 1b)(%ebp), %ebp
	.endm

start_multiboot1:
	find_here 0, %ebx
	mov	%ebx, %edi
	lea	REL(door_multiboot1), %eax
	jmp	enter32

start_multiboot2:
	find_here 4, %ebx
	mov	%ebx, %edi
	lea	REL(door_multiboot2), %eax
	jmp	enter32

start_linux16:
	find_here BOOT_PARAMS_SCRATCH, %esi
	mov	%esi, %edi
	lea	REL(door_linux16), %eax
	jmp	enter32

start_linux32:
	find_here BOOT_PARAMS_SCRATCH, %esi
	mov	%esi, %edi
	lea	REL(door_linux32), %eax
	jmp	enter32

start_pvh:
	find_here 0, %ebx
	mov	%ebx, %edi
	lea	REL(door_pvh), %eax
	jmp	enter32

start_elf:
	cmpl	$HVM_START_MAGIC, (%ebx)
	je	start_pvh
	cmp	$MB1_LOADER_MAGIC, %eax
	je	start_multiboot1
	cmp	$MB2_LOADER_MAGIC, %eax
	je	start_multiboot2
	mov	%eax, %edi
	mov	$LOW_STACK, %esp
	call	1f
1:	pop	%ebp
	lea	(here - 1b)(%ebp), %ebp
	lea	REL(door_unknown), %eax

enter32:
	cli
	cld
	mov	%eax, %esi
	lea	REL(stack_top), %esp
	/* EFLAGS to a known state; then: is there CPUID, and long mode? */
	push	$EFLAGS_ID
	popf
	pushf
	pop	%eax
	test	$EFLAGS_ID, %eax
	jz	no_long_mode
	push	$0
	popf
	mov	$CPUID_EXTENDED, %eax
	cpuid
	cmp	$CPUID_EXTENDED + 1, %eax
	jb	no_long_mode
	mov	$CPUID_EXTENDED + 1, %eax
	cpuid
	bt	$CPUID_LONG_MODE, %edx
	jnc	no_long_mode

	/* Map the image in pages of 2 MiB; MAPPED of them hold it, wherever it begins. */
	push	%edi
	lea	REL(paging_pool + FIRST_PAGE * PAGE), %edi
	mov	%edi, %ebx
	xor	%eax, %eax
	mov	$4 * PAGE / 4, %ecx
	rep stosl
	lea	PAGE + 3(%ebx), %eax
	mov	%eax, (%ebx)			/* root: PDPT */
	lea	REL(image_base), %edx
	mov	%edx, %ecx
	shr	$30, %ecx
	lea	2 * PAGE + 3(%ebx), %eax
	mov	%eax, PAGE(%ebx, %ecx, 8)	/* PDPT: this GiB */
	inc	%ecx
	and	$3, %ecx
	add	$PAGE, %eax
	mov	%eax, PAGE(%ebx, %ecx, 8)	/* PDPT: the next */
	mov	%edx, %eax
	shr	$21, %edx
	and	$511, %edx
	and	$-0x200000, %eax
	or	$0x83, %eax			/* present, writable, 2 MiB */
	mov	$MAPPED, %ecx
2:	mov	%eax, 2 * PAGE(%ebx, %edx, 8)
	inc	%edx
	add	$0x200000, %eax
	loop	2b
	pop	%edi

	mov	$CR4_PAE, %eax
	mov	%eax, %cr4
	mov	%ebx, %cr3
	mov	$MSR_EFER, %ecx
	mov	$EFER_LME, %eax
	xor	%edx, %edx
	wrmsr
	mov	$CR0_PG | CR0_ET | CR0_PE, %eax
	mov	%eax, %cr0

	lea	REL(gdt), %eax
	mov	%eax, REL(gdtr + 2)
	lgdt	REL(gdtr)
	lea	REL(arrive64), %eax
	pushl	$0x10
	push	%eax
	lret

	/* Called by the boot loader of a 32-bit firmware, on its stack.  It cannot go on
	 * from here. */
start_efi_handover32:
	cli
	cld
	call	1f
1:	pop	%ebp
	lea	(here - 1b)(%ebp), %ebp
	lea	REL(efi32_text), %esi
	jmp	say32

	/*
	 * No long mode: say so on COM1, VGA text and port 0xe9, in 32-bit code, and stay.
	 */
no_long_mode:
	lea	REL(no_long_mode_text), %esi
say32:	mov	$0x3fb, %edx
	in	%dx, %al
	test	%al, %al			/* five data bits: never set up */
	jnz	6f
	mov	$0x83, %al			/* 115200 baud, 8N1, as console.c */
	out	%al, %dx
	mov	$0x3f8, %edx
	mov	$1, %al
	out	%al, %dx
	inc	%edx
	mov	$0, %al
	out	%al, %dx
	mov	$0x3fb, %edx
	mov	$3, %al
	out	%al, %dx
6:	mov	$0xb8000, %edi
3:	lodsb
	test	%al, %al
	jz	5f
	mov	%al, %bl
	mov	$100000, %ecx
	mov	$0x3fd, %edx
4:	in	%dx, %al
	test	$0x20, %al
	loopz	4b
	mov	%bl, %al
	mov	$0x3f8, %edx
	out	%al, %dx
	out	%al, $0xe9
	mov	$0x07, %ah
	stosw
	jmp	3b
5:	hlt
	jmp	5b
	.globl here
	.hidden here
here:

	.section .rodata, "a"
no_long_mode_text:
	.asciz "\r\nlintel: E01 this processor has no long mode: a 64-bit processor is needed\r\n"
efi32_text:
	.asciz "\r\nlintel: E27 this is 32-bit UEFI: start lintelia32.efi instead\r\n"
	.section .note.GNU-stack, "", @progbits
