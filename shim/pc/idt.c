// SPDX-License-Identifier: BSD-2-Clause
/*
 * The interrupt descriptor table.  Called by the doors.  64-bit, ring 0, interrupts off;
 * may touch the table and its register.
 */
#include <stdint.h>

#include "shim/pc/task.h"
#include "shim/pc/trap.h"

#define VECTORS 32
#define CS 0x10
#define GATE_INTERRUPT 0x8e01 /* on the first stack of the task state */

struct gate {
	uint16_t low, selector, type, middle;
	uint32_t high, reserved;
};

extern const char trap_stub[], trap_stub_end[];

static struct gate idt[VECTORS];

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
	task_load();
	/* Not in the initializer: clang would make it a constant, which needs a relocation. */
	idtr.base = (uint64_t)(uintptr_t)idt;
	__asm__ volatile("lidt %0" : : "m"(idtr));
}
