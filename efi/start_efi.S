/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entries with boot services alive.  Long mode, the firmware's page tables, descriptor
 * tables and stack, which stay in use until the jump to the block.
 *
 *   start_efi           PE entry, Microsoft's convention: rcx = image handle,
 *                       rdx = system table; refusals end through the firmware's Exit()
 *   start_efi_handover  64-bit EFI handover entry: rdi = image handle,
 *                       rsi = system table, rdx = boot_params
 *   start_multiboot2_efi64  ebx = Multiboot 2 boot information, eax its magic
 */
#include "shim/leave.h"

	.section .text, "ax"
	.code64
	.globl start_efi, start_efi_handover, start_multiboot2_efi64
	.hidden start_efi, start_efi_handover, start_multiboot2_efi64

start_efi:
	cld
	and	$-16, %rsp
	push	%rcx
	push	%rdx
	call	canary_begin
	pop	%rsi
	pop	%rdi
	call	door_efi
	jmp	leave_firmware

start_efi_handover:
	cld
	and	$-16, %rsp
	push	%rdi
	push	%rsi
	push	%rdx
	push	%rdx
	call	canary_begin
	pop	%rdx
	pop	%rdx
	pop	%rsi
	pop	%rdi
	call	door_efi_handover
	jmp	leave_firmware

start_multiboot2_efi64:
	cld
	and	$-16, %rsp
	call	canary_begin
	mov	%ebx, %edi
	call	door_multiboot2_efi64

leave_firmware:
	cli
	lea	LEAVE_ARGS(%rax), %rdi
	/* The firmware's page tables may forbid running code in memory that is allocated
	 * for data. */
	mov	LEAVE_CR3(%rdi), %rcx
	mov	%rcx, %cr3
	jmp	*%rax
	.section .note.GNU-stack, "", @progbits
