/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Xen PV door, the jump out of it, and hypercalls.
 *
 *   start_xenpv  ring 3, long mode, on Xen's page tables: rsi = start_info, rsp = the
 *                boot stack, all memory up to it mapped at VIRT_BASE, events masked.
 *                Privileged instructions cannot be used; segments stay as they are.
 */
	.section .text, "ax"
	.code64
	.globl start_xenpv, xen_hypercall, xen_jump, xen_hypercall_page
	.hidden start_xenpv, xen_hypercall, xen_jump, xen_hypercall_page

start_xenpv:
	cld
	mov	%rsi, %rdi
	mov	%rsp, %rsi
	lea	stack_top(%rip), %rsp
	xor	%ebp, %ebp
	push	%rdi
	push	%rsi
	call	canary_begin
	pop	%rsi
	pop	%rdi
	call	door_xenpv

	/* C's arguments rdi, rsi, rdx, rcx are number and Xen's rdi, rsi, rdx. */
xen_hypercall:
	mov	%edi, %eax
	mov	%rsi, %rdi
	mov	%rdx, %rsi
	mov	%rcx, %rdx
	cmpb	$0, xen_hypercall_page(%rip)
	je	1f
	shl	$5, %eax
	lea	xen_hypercall_page(%rip), %rcx
	add	%rcx, %rax
	push	%rbx
	call	*%rax
	pop	%rbx
	ret
	/* syscall changes rcx and r11, which C lets a function change. */
1:	syscall
	ret

xen_jump:
	mov	%rdx, %rsp
	mov	%rdi, %rcx
	xor	%eax, %eax
	xor	%ebx, %ebx
	xor	%edx, %edx
	xor	%edi, %edi
	xor	%ebp, %ebp
	jmp	*%rcx

	/* Xen writes it, not we; so it is among the code (lintel.ld), which must be executable. */
	.section .hypercalls, "ax", @progbits
	.balign 4096
xen_hypercall_page:
	.skip 4096, 0
	.section .note.GNU-stack, "", @progbits
