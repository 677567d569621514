/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last code that runs: it carries out the moves and enters the kernel.  shim/leave.c
 * copies it into the block, and it runs there, since the moves may overwrite Lintel.
 * Position independent.  64-bit, ring 0, interrupts off.  An exception before the kernel's
 * segments are loaded ends in a line.
 *
 * On entry  rdi = struct leave, in the same block, whose page tables are in use
 * On exit   as the Linux boot protocol has it: interrupts off, flat segments
 *           cs = 0x10, ds = es = ss = 0x18, direction flag clear, and
 *   64 bit  long mode, the identity map of struct leave, rsi = boot_params,
 *           rsp = a small stack in the block
 *   32 bit  protected mode without paging, esi = boot_params, ebp = edi = ebx = 0;
 *           a PVH kernel has ebx = hvm_start_info
 */
#include "shim/leave.h"
#include "shim/pc/com1.h"

#define CR0_PE 1
#define MSR_EFER 0xc0000080
#define VGA_TEXT 0xb8000
#define VGA_GREY 7
#define SPINS 100000

	.section .text.leave, "ax"
	.code64
	/* lintel.ld names the beginning leave_code and the end leave_code_end. */
begin:
	mov	%rdi, %rbp
	lgdt	LEAVE_GDTR(%rbp)
	lidt	LEAVE_IDTR(%rbp)
	lea	begin(%rip), %rsp
	add	$LEAVE_BOOT_PARAMS, %rsp
	mov	LEAVE_MOVES(%rbp), %ebx
	lea	LEAVE_MOVE(%rbp), %r8

next:	sub	$1, %ebx
	jc	moved
	mov	0(%r8), %rdi
	mov	8(%r8), %rsi
	mov	16(%r8), %rdx
	add	$24, %r8
	mov	%rdx, %rcx
	cmp	$-1, %rsi
	je	zero
	/* If the target overlaps the end of the source, copy backwards, so that no byte is
	 * overwritten before it is read. */
	mov	%rdi, %rax
	sub	%rsi, %rax
	cmp	%rdx, %rax
	jb	backward
	shr	$3, %rcx
	rep movsq
	mov	%edx, %ecx
	and	$7, %ecx
	rep movsb
	jmp	next

backward:
	lea	-1(%rdi, %rdx), %rdi
	lea	-1(%rsi, %rdx), %rsi
	and	$7, %ecx
	std
	rep movsb
	sub	$7, %rdi
	sub	$7, %rsi
	mov	%rdx, %rcx
	shr	$3, %rcx
	rep movsq
	cld
	jmp	next

zero:	xor	%eax, %eax
	shr	$3, %rcx
	rep stosq
	mov	%edx, %ecx
	and	$7, %ecx
	rep stosb
	jmp	next

moved:	mov	LEAVE_PC(%rbp), %rcx
	mov	LEAVE_EBX(%rbp), %ebx
	mov	LEAVE_ARG(%rbp), %rsi
	mov	LEAVE_BITS(%rbp), %edx
	mov	$LEAVE_DS, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %fs
	mov	%eax, %gs
	mov	%eax, %ss
	lea	to32(%rip), %rax
	cmp	$32, %edx
	cmovne	%rcx, %rax
	pushq	$LEAVE_CS
	push	%rax
	lidt	LEAVE_NO_IDTR(%rbp)
	xor	%eax, %eax
	xor	%edx, %edx
	xor	%edi, %edi
	xor	%ebp, %ebp
	xor	%r8d, %r8d
	lretq

	/* Compatibility mode now, ecx = entry: switch paging off, and then long mode. */
	.code32
to32:	mov	$CR0_PE, %eax
	mov	%eax, %cr0
	xor	%eax, %eax
	mov	%ecx, %edi
	mov	$MSR_EFER, %ecx
	xor	%edx, %edx
	wrmsr
	/* cr4 comes last: in QEMU 7.2, a hypervisor cannot go on with a guest that has LME
	 * on and PAE off. */
	mov	%eax, %cr4
	mov	%edi, %ecx
	xor	%edi, %edi
	jmp	*%ecx

	/* Every exception comes here; what it interrupts is of no use any more.  The line goes to
	 * a serial port, VGA text and port 0xe9, and then nothing is done. */
	.code64
	.org	LEAVE_FAULT
	cld
	mov	LEAVE_ARGS + LEAVE_PORT + begin(%rip), %ebx
	lea	text(%rip), %rsi
	mov	$VGA_TEXT - 4, %edi		/* two cells, for the new line */
1:	lodsb
	test	%al, %al
	jz	3f
	mov	$VGA_GREY, %ah
	stosw
	out	%al, $DEBUG_PORT
	mov	%eax, %ebp
	mov	$SPINS, %ecx
	lea	UART_LSR(%rbx), %edx
2:	in	%dx, %al
	test	$LSR_THR_EMPTY, %al
	loopz	2b
	mov	%ebx, %edx
	mov	%ebp, %eax
	out	%al, %dx
	jmp	1b
3:	hlt
	jmp	3b
text:	.asciz	"\r\nlintel: E20 a processor exception on the way into the kernel\r\n"
	.section .note.GNU-stack, "", @progbits
