/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The probe kernel is no UEFI application: its entries with boot services alive
 * return EFI_UNSUPPORTED to whoever called.  64-bit.
 */
	.section .text, "ax"
	.code64
	.globl start_efi, start_efi_handover, start_multiboot2_efi64
	.hidden start_efi, start_efi_handover, start_multiboot2_efi64
start_efi:
start_efi_handover:
start_multiboot2_efi64:
	movabs	$0x8000000000000003, %rax
	ret
	.section .note.GNU-stack, "", @progbits
