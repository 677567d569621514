// SPDX-License-Identifier: BSD-2-Clause
/*
 * The task state segment, which is needed for one thing only: the stacks of exceptions.
 * Called by idt.c and trap.c.  64-bit, ring 0, interrupts off; may touch the descriptor
 * table.
 */
#include "shim/pc/task.h"

#include "protocol/number.h"

#define TASK 0x20 /* selector */
#define TASK_AVAILABLE 0x0000890000000000ull
#define STACKS 2
/* Each stack of an exception is a page, and the page below it is its guard. */
#define STACK_STEP UINT64_C(0x2000)

/* The task state segment, of which the processor reads ist[0] here. */
struct task {
	uint32_t reserved;
	uint64_t rsp[3], reserved2, ist[7], reserved3;
	uint16_t reserved4, iomap;
} __attribute__((packed));

extern uint64_t gdt[];
extern const uint8_t task_stacks[];

static struct task task;
static uint32_t level;

static void use_stack(uint32_t n)
{
	level = n;
	task.ist[0] = (uint64_t)(uintptr_t)task_stacks + (n + 1) * STACK_STEP;
}

/* The last one is below the stack of everything else. */
uint64_t task_guard(uint32_t n)
{
	return n <= STACKS ? (uint64_t)(uintptr_t)task_stacks + n * STACK_STEP : 0;
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
