// SPDX-License-Identifier: BSD-2-Clause
/*
 * Processor exceptions.  Called by trap.S.  64-bit, ring 0, interrupts off, on a stack of
 * task.c; may map memory.
 */
#include "shim/pc/trap.h"

#include <stdint.h>

#include "protocol/say.h"
#include "shim/pc/instructions.h"
#include "shim/pc/paging.h"
#include "shim/pc/task.h"

#define PAGE_FAULT 14
#define FAULT_PRESENT 1

/* What trap.S has pushed. */
struct frame {
	uint64_t saved[9];
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

extern const char image_base[];
void trap(const struct frame *f);

void trap(const struct frame *f)
{
	uint64_t address = read_cr2();

	if (f->vector == PAGE_FAULT && !(f->error & FAULT_PRESENT)) {
		paging_fault(address);
		return;
	}
	if (!task_next_stack())
		refuse(); /* an exception while the line below was being written */
	die(E_TRAP, "processor exception %" U64 " at image+%" X64 ", error %" X64 ", address %" X64,
	    f->vector, f->rip - (uint64_t)(uintptr_t)image_base, f->error,
	    f->vector == PAGE_FAULT ? address : 0);
}
