/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel that ends a measurement: its first instruction is the one that count.c waits
 * for.  Then it adds up the initrd's 32-bit words and says the sum on COM1, so that bench.py
 * knows that what was counted did the work.  A bzImage with the 64-bit entry of the Linux
 * boot protocol; KERNEL_SIZE bytes, of which bench.py fills those behind the code.
 */
#define SETUP_SIZE 0x400
#define COM1 0x3f8
/* struct boot_params */
#define RAMDISK_IMAGE 0x218
#define RAMDISK_SIZE 0x21c

	.code64
	.text
	.org	0x1f1
	.byte	SETUP_SIZE / 512 - 1		/* setup_sects */
	.word	1				/* root_flags: read only */
	.long	(KERNEL_SIZE - SETUP_SIZE) / 16	/* syssize */
	.word	0, 0, 0, 0xaa55
	.byte	0xeb, header_end - 0x202	/* jump */
	.ascii	"HdrS"
	.word	0x20f, 0, 0, 0, name - 0x200
	.byte	0, 1				/* loadflags: loaded high */
	.word	0
	.long	0x100000			/* code32_start */
	.long	0, 0, 0, 0, 0
	.long	0x7fffffff			/* initrd_addr_max */
	.long	0x200000			/* kernel_alignment */
	.byte	1, 21				/* relocatable, min_alignment */
	.word	1				/* xloadflags: 64-bit entry */
	.long	2047				/* cmdline_size */
	.long	0, 0, 0, 0, 0, 0, 0
	.quad	0x1000000			/* pref_address */
	.long	KERNEL_SIZE			/* init_size */
	.long	0, 0
header_end:
name:	.asciz	"lintel-bench"

	.org	SETUP_SIZE
	cli
	hlt					/* the 32-bit entry, which nobody takes */
	.org	SETUP_SIZE + 0x200
	nopl	0x4c544e4c(%rax)
	movl	RAMDISK_IMAGE(%rsi), %ebx
	movl	RAMDISK_SIZE(%rsi), %ecx
	shrl	$2, %ecx
	xorl	%edi, %edi
	jrcxz	2f
1:	addl	(%rbx), %edi
	addq	$4, %rbx
	decl	%ecx
	jnz	1b
2:	leaq	said(%rip), %rbx
	movw	$COM1, %dx
3:	movb	(%rbx), %al
	incq	%rbx
	testb	%al, %al
	jz	4f
	outb	%al, %dx
	jmp	3b
4:	movl	$8, %ecx
	leaq	digits(%rip), %rbx
5:	roll	$4, %edi
	movl	%edi, %eax
	andl	$15, %eax
	movb	(%rbx, %rax), %al
	outb	%al, %dx
	decl	%ecx
	jnz	5b
	movb	$'\n', %al
	outb	%al, %dx
6:	hlt
	jmp	6b
said:	.asciz	"\nlintel-bench: initrd "
digits:	.ascii	"0123456789abcdef"
	.section .note.GNU-stack, "", @progbits
