// SPDX-License-Identifier: BSD-2-Clause
/*
 * Processor exceptions.  Called by trap.S and the doors.  64-bit, ring 0, interrupts off.
 */
#include "shim/pc/trap.h"

#include <stdint.h>

#include "protocol/say.h"
#include "shim/pc/instructions.h"
#include "shim/pc/paging.h"

#define VECTORS 32
#define PAGE_FAULT 14
#define FAULT_PRESENT 1
#define CS 0x10
#define TASK 0x20
#define TASK_AVAILABLE 0x0000890000000000ull
#define STACKS 2
#define STACK_SIZE 4096
#define GATE_INTERRUPT 0x8e01 /* on the first stack of the task state */

/* What trap.S leaves on the stack. */
struct frame {
	uint64_t saved[9];
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

struct gate {
	uint16_t low, selector, type, middle;
	uint32_t high, reserved;
};

/* The task state segment, of which the processor reads ist[0] here. */
struct task {
	uint32_t reserved;
	uint64_t rsp[3], reserved2, ist[7], reserved3;
	uint16_t reserved4, iomap;
} __attribute__((packed));

extern uint64_t gdt[];
extern const char trap_stub[], trap_stub_end[], image_base[];
void trap(const struct frame *f);

static struct gate idt[VECTORS];
static struct task task;
static _Alignas(16) uint8_t stacks[STACKS][STACK_SIZE];
static uint32_t level;

/*
 * Exceptions have a stack of their own: libraries keep data below the stack pointer.
 * What a refusal touches may have to be mapped in turn, so it leaves the stack to
 * those exceptions that come in the meantime and they get the next.
 */
static void use_stack(uint32_t n)
{
	level = n;
	task.ist[0] = (uint64_t)(uintptr_t)stacks[n] + STACK_SIZE;
}

static void load_task(void)
{
	uint64_t at = (uint64_t)(uintptr_t)&task, limit = sizeof(task) - 1;

	task.iomap = sizeof(task);
	gdt[TASK / 8] = TASK_AVAILABLE | limit | (at & 0xffffff) << 16 | (at >> 24 & 0xff) << 56;
	gdt[TASK / 8 + 1] = at >> 32;
	__asm__ volatile("ltr %w0" : : "r"(TASK) : "memory");
}

void trap_init(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) idtr = { .limit = sizeof(idt) - 1 };
	uint64_t size = (uint64_t)(trap_stub_end - trap_stub) / VECTORS;

	for (uint64_t i = 0; i < VECTORS; i++) {
		uint64_t at = (uint64_t)(uintptr_t)trap_stub + i * size;

		idt[i] = (struct gate){ (uint16_t)at,	      CS,
					GATE_INTERRUPT,	      (uint16_t)(at >> 16),
					(uint32_t)(at >> 32), 0 };
	}
	use_stack(0);
	load_task();
	/* Not above: clang would make it a constant, with a relocation. */
	idtr.base = (uint64_t)(uintptr_t)idt;
	__asm__ volatile("lidt %0" : : "m"(idtr));
}

void trap(const struct frame *f)
{
	uint64_t address = read_cr2();

	if (f->vector == PAGE_FAULT && !(f->error & FAULT_PRESENT)) {
		paging_fault(address);
		return;
	}
	if (level + 1 == STACKS)
		refuse(); /* an exception while that line was being said */
	use_stack(level + 1);
	die(E_TRAP, "processor exception %" U64 " at image+%" X64 ", error %" X64 ", address %" X64,
	    f->vector, f->rip - (uint64_t)(uintptr_t)image_base, f->error,
	    f->vector == PAGE_FAULT ? address : 0);
}
