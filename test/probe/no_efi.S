/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe kernel is no UEFI application: its entries with boot services alive say so on
 * COM1 and return EFI_UNSUPPORTED to whoever called.  64-bit.
 */
	.section .text, "ax"
	.code64
	.globl start_efi, start_efi_handover, start_multiboot2_efi64
	.hidden start_efi, start_efi_handover, start_multiboot2_efi64
start_efi:
start_efi_handover:
start_multiboot2_efi64:
	push	%rbx
	lea	text(%rip), %rbx
1:	mov	$0x3fd, %edx
2:	in	%dx, %al
	test	$0x20, %al
	jz	2b
	mov	$0x3f8, %edx
	mov	(%rbx), %al
	inc	%rbx
	out	%al, %dx
	cmpb	$0, (%rbx)
	jne	1b
	pop	%rbx
	movabs	$0x8000000000000003, %rax
	ret

	.section .rodata, "a"
text:	.asciz	"\r\nlintel-probe: entered as a UEFI application\r\n"
	.section .note.GNU-stack, "", @progbits
