/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe kernel's entries: note every register that a rule of protocol/ENTRY.md is
 * about, then go on as Lintel's own doors do (the linker's --wrap puts these in front of
 * them).  rsi = boot_params.  64 bits, ring 0 on a PC and ring 3 inside Xen PV, where rsi
 * is virtual; or 32 bits, ring 0.  rax, rcx and rdx hold nothing by the contract.
 */
#include <lintel/lintel.h>

#include "test/probe/entry.h"

#define MSR_EFER 0xc0000080
#define BOOT_PARAMS_SCRATCH 0x1e4

	.section .text, "ax"
	.globl __wrap_start_linux64, __wrap_start_linux32, entry
	.hidden __wrap_start_linux64, __wrap_start_linux32, entry

	/* Note selectors and table registers; \at is the structure's address without its ). */
	.macro	note_selectors, at:vararg
	mov	%cs, ENTRY_SELECTORS + \at
	mov	%ds, ENTRY_SELECTORS + 2 + \at
	mov	%es, ENTRY_SELECTORS + 4 + \at
	mov	%fs, ENTRY_SELECTORS + 6 + \at
	mov	%gs, ENTRY_SELECTORS + 8 + \at
	mov	%ss, ENTRY_SELECTORS + 10 + \at
	sgdt	ENTRY_GDTR + \at
	sidt	ENTRY_IDTR + \at
	.endm

	.code64
__wrap_start_linux64:
	movl	$64, ENTRY_BITS + entry(%rip)
	mov	%rbx, ENTRY_RBX + entry(%rip)
	mov	%rbp, ENTRY_RBP + entry(%rip)
	mov	%rsi, ENTRY_RSI + entry(%rip)
	mov	%rdi, ENTRY_RDI + entry(%rip)
	mov	%rsp, ENTRY_RSP + entry(%rip)
	note_selectors entry(%rip)
	lea	stack_top(%rip), %rsp
	pushf
	pop	ENTRY_FLAGS + entry(%rip)
	cld
	mov	%cs, %eax
	test	$3, %al
	jnz	1f
	mov	%cr0, %rax
	mov	%rax, ENTRY_CR0 + entry(%rip)
	mov	%cr3, %rax
	mov	%rax, ENTRY_CR3 + entry(%rip)
	mov	%cr4, %rax
	mov	%rax, ENTRY_CR4 + entry(%rip)
	mov	$MSR_EFER, %ecx
	rdmsr
	mov	%eax, ENTRY_EFER + entry(%rip)
	jmp	__real_start_linux64
1:	mov	%rsi, %rdi
	xor	%ebp, %ebp
	call	door_linux64_pv

	/* Where this code is has to be asked first: four bytes of boot_params are a stack. */
	.code32
__wrap_start_linux32:
	mov	%esp, %eax
	mov	%ebp, %ecx
	mov	BOOT_PARAMS_SCRATCH(%esi), %edx
	lea	4 + BOOT_PARAMS_SCRATCH(%esi), %esp
	call	1f
1:	pop	%ebp
	mov	%edx, BOOT_PARAMS_SCRATCH(%esi)
	lea	(entry - 1b)(%ebp), %ebp
	movl	$32, ENTRY_BITS(%ebp)
	mov	%ebx, ENTRY_RBX(%ebp)
	mov	%ecx, ENTRY_RBP(%ebp)
	mov	%esi, ENTRY_RSI(%ebp)
	mov	%edi, ENTRY_RDI(%ebp)
	mov	%eax, ENTRY_RSP(%ebp)
	note_selectors 0(%ebp)
	lea	ENTRY_SIZE + 16(%ebp), %esp
	pushf
	pop	ENTRY_FLAGS(%ebp)
	mov	%cr0, %eax
	mov	%eax, ENTRY_CR0(%ebp)
	mov	%cr3, %eax
	mov	%eax, ENTRY_CR3(%ebp)
	mov	%cr4, %eax
	mov	%eax, ENTRY_CR4(%ebp)
	mov	$MSR_EFER, %ecx
	rdmsr
	mov	%eax, ENTRY_EFER(%ebp)
	jmp	__real_start_linux32

	.section .data, "aw"
	.balign 8
entry:	.skip ENTRY_SIZE + 16			/* and a stack for the flags */

	/* An ELF kernel with this note takes boot_params everywhere, inside Xen PV too. */
	LINTEL_NOTE
	.section .note.GNU-stack, "", @progbits
