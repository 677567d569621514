/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Xen PV kernel that asks for a hypercall page, as kernels of some years ago do:
 * says through the page that it is filled, then ends the domain through it.  Linked
 * at VIRT_BASE by test/xen/cases.py.  Ring 3, Xen's page tables and stack.
 */
#define CONSOLE_IO 18
#define SCHED_OP 29
#define SHUTDOWN 2

	.section .text, "ax"
	.globl start
start:	xor	%edi, %edi			/* CONSOLEIO_write */
	mov	$text_end - text, %esi
	lea	text(%rip), %rdx
	call	hypercall_page + CONSOLE_IO * 32
	mov	$SHUTDOWN, %edi
	lea	reason(%rip), %rsi
	call	hypercall_page + SCHED_OP * 32
	ud2
	.balign	4096
hypercall_page:
	.skip	4096
text:	.ascii	"lintel-hypercall: ok\n"
text_end:
	.balign	4
reason:	.long	0				/* power off */

	.macro	note type, kind, value:vararg
	.long	4, 8, \type
	.asciz	"Xen"
	.\kind	\value
	.endm
	.section .note.Xen, "a", @note
	note	1, quad, start			/* ENTRY */
	note	2, quad, hypercall_page
	note	3, quad, VIRT_BASE
	note	5, asciz, "xen-3.0"
	note	8, asciz, "generic"		/* LOADER */
	note	17, quad, FEATURES		/* SUPPORTED_FEATURES */
	.section .note.GNU-stack, "", @progbits
