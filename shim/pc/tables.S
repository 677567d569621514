/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the entries need before any C runs: descriptor table, stack, and the pages for page
 * tables.  Data only, for start32.S, start64.S, task.c, paging.c and xen/start.S.
 */
	.globl gdt, gdtr, task_stacks, stack_top, paging_pool
	.hidden gdt, gdtr, task_stacks, stack_top, paging_pool

	.section .data, "aw"
	.balign 8
gdt:	.quad 0
	.quad 0
	.quad 0x00af9b000000ffff	/* 0x10: 64-bit code */
	.quad 0x00cf93000000ffff	/* 0x18: data */
	.quad 0, 0			/* 0x20: task state, task.c fills it in */
gdtr:	.word . - gdt - 1
	.quad 0

	/* Below each stack is a page that is not mapped; first the stacks of exceptions
	 * (task.c), then the one of everything else. */
	.section .bss.stack, "aw", @nobits
	.balign 4096
task_stacks:
	.skip 2 * (4096 + 4096)
	.skip 4096 + 16384
stack_top:

	.section .bss.pages, "aw", @nobits
	.balign 4096
paging_pool:
	.skip 12 * 4096			/* paging.c; start32.S uses the last four */
	.section .note.GNU-stack, "", @progbits
