/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ELF probe's entry, and the note by which it takes boot_params inside Xen PV too.
 * rsi = boot_params: on a PC in ring 0 as the Linux boot protocol has it; in Xen PV in
 * ring 3, on Xen's page tables and stack, rsi virtual, addresses in the block not.
 */
	.section .text, "ax"
	.code64
	.globl start_probe
start_probe:
	mov	%cs, %eax
	test	$3, %al
	jz	start_linux64
	cld
	mov	%rsi, %rdi
	lea	stack_top(%rip), %rsp
	xor	%ebp, %ebp
	call	door_linux64_pv

	.section .note.Lintel, "a", @note
	.long	7, 4, 1
	.asciz	"Lintel"
	.balign	4
	.long	1				/* version of the contract */
	.section .note.GNU-stack, "", @progbits
