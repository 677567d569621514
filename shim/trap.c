// SPDX-License-Identifier: BSD-2-Clause
/*
 * Processor exceptions, and what the core wants to know of the processor.  Called
 * by trap.S and the doors.  64-bit, ring 0, interrupts off.
 */
#include "trap.h"

#include <stdint.h>

#include "machine.h"
#include "machine_facts.h"
#include "paging.h"
#include "say.h"

#define VECTORS 32
#define PAGE_FAULT 14
#define FAULT_PRESENT 1
#define CS 0x10
#define GATE_INTERRUPT 0x8e00
#define CR4_LA57 0x1000

/* What trap.S leaves on the stack. */
struct frame {
	uint64_t saved[9];
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

struct gate {
	uint16_t low, selector, type, middle;
	uint32_t high, reserved;
};

extern const char trap_stub[], trap_stub_end[], image_base[];
void trap(const struct frame *f);

static struct gate idt[VECTORS];

void trap_init(void)
{
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) idtr = { sizeof(idt) - 1, (uint64_t)(uintptr_t)idt };
	uint64_t size = (uint64_t)(trap_stub_end - trap_stub) / VECTORS;

	for (uint64_t i = 0; i < VECTORS; i++) {
		uint64_t at = (uint64_t)(uintptr_t)trap_stub + i * size;

		idt[i] = (struct gate){ (uint16_t)at,	      CS,
					GATE_INTERRUPT,	      (uint16_t)(at >> 16),
					(uint32_t)(at >> 32), 0 };
	}
	__asm__ volatile("lidt %0" : : "m"(idtr));
}

void trap(const struct frame *f)
{
	uint64_t address = read_cr2();

	if (f->vector == PAGE_FAULT && !(f->error & FAULT_PRESENT))
		paging_fault(address);
	else
		die(E_TRAP,
		    "processor exception %" U64 " at image+%" X64 ", error %" X64 ", address %" X64,
		    f->vector, f->rip - (uint64_t)(uintptr_t)image_base, f->error,
		    f->vector == PAGE_FAULT ? address : 0);
}

bool machine_has_la57(void)
{
	return read_cr4() & CR4_LA57;
}

bool machine_has_gib_pages(void)
{
	return cpuid_edx(0x80000001) >> 26 & 1;
}
