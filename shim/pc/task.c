// SPDX-License-Identifier: BSD-2-Clause
/*
 * The task state segment, which is needed for one thing only: the stacks of exceptions.
 * Called by idt.c and trap.c.  64-bit, ring 0, interrupts off; may touch the descriptor
 * table.
 */
#include "shim/pc/task.h"

#include <stdint.h>

#define TASK 0x20 /* selector */
#define TASK_AVAILABLE 0x0000890000000000ull
#define STACKS 2
#define STACK_SIZE 4096

/* The task state segment, of which the processor reads ist[0] here. */
struct task {
	uint32_t reserved;
	uint64_t rsp[3], reserved2, ist[7], reserved3;
	uint16_t reserved4, iomap;
} __attribute__((packed));

extern uint64_t gdt[];

static struct task task;
static _Alignas(16) uint8_t stacks[STACKS][STACK_SIZE];
static uint32_t level;

static void use_stack(uint32_t n)
{
	level = n;
	task.ist[0] = (uint64_t)(uintptr_t)stacks[n] + STACK_SIZE;
}

bool task_next_stack(void)
{
	if (level + 1 == STACKS)
		return false;
	use_stack(level + 1);
	return true;
}

void task_load(void)
{
	uint64_t at = (uint64_t)(uintptr_t)&task, limit = sizeof(task) - 1;

	use_stack(0);
	task.iomap = sizeof(task);
	gdt[TASK / 8] = TASK_AVAILABLE | limit | (at & 0xffffff) << 16 | (at >> 24 & 0xff) << 56;
	gdt[TASK / 8 + 1] = at >> 32;
	__asm__ volatile("ltr %w0" : : "r"(TASK) : "memory");
}
