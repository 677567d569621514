// SPDX-License-Identifier: BSD-2-Clause
/*
 * Processor exceptions.  Called by trap.S.  64-bit, ring 0, interrupts off, on a stack of
 * task.c; may map memory.
 */
#include "shim/pc/trap.h"

#include <stdint.h>

#include "protocol/number.h"
#include "protocol/say.h"
#include "shim/pc/instructions.h"
#include "shim/pc/paging.h"
#include "shim/pc/task.h"

#define DEBUG 1
#define PAGE_FAULT 14
/* A page fault's error code. */
#define FAULT_PRESENT 1
#define FAULT_WRITE 2
#define FAULT_EXECUTE 16
#define FLAG_TF 0x100
/* In page 0 the first KiB is the interrupt table of real mode; loaders may leave data behind it,
 * and the BIOS does. */
#define PAGE0_DATA 0x400

/* What trap.S has pushed. */
struct frame {
	uint64_t saved[9];
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

extern const char image_base[];
void trap(struct frame *f);

/* Page 0 opens for one instruction, so that a null pointer is found wherever it is used next. */
static bool reads_page0(struct frame *f, uint64_t address)
{
	if (address < PAGE0_DATA || address >= PAGE || f->error)
		return false;
	paging_page0(true);
	f->rflags |= FLAG_TF;
	return true;
}

/* Whether the interrupted code can go on. */
static bool mend(struct frame *f, uint64_t address)
{
	if (f->vector == DEBUG && f->rflags & FLAG_TF) {
		paging_page0(false);
		f->rflags &= ~(uint64_t)FLAG_TF;
		return true;
	}
	return f->vector == PAGE_FAULT && !(f->error & FAULT_PRESENT) &&
	       (paging_fault(address) || reads_page0(f, address));
}

static const char *access_name(uint64_t error)
{
	if (error & FAULT_EXECUTE)
		return "execution of";
	return error & FAULT_WRITE ? "write to" : "read of";
}

static bool is_guard(uint64_t address)
{
	uint64_t guard;

	for (uint32_t i = 0; (guard = task_guard(i)); i++)
		if (address - guard < PAGE)
			return true;
	return false;
}

/* Why an access to memory was not allowed; what paging.c says of it. */
static const char *reason(uint64_t error, uint64_t address)
{
	if (address < PAGE)
		return "page 0 is not there";
	if (is_guard(address))
		return "a stack has overflowed";
	if (!(error & FAULT_PRESENT))
		return "nothing is there";
	return error & FAULT_EXECUTE ? "this is not code" : "this is read-only";
}

void trap(struct frame *f)
{
	uint64_t address = read_cr2(), at = f->rip - (uint64_t)(uintptr_t)image_base;

	if (mend(f, address))
		return;
	if (!task_next_stack())
		refuse(); /* an exception while the line below was being written */
	if (f->vector == PAGE_FAULT)
		die(E_TRAP, "%s %" X64 ": %s; at image+%" X64 ", error %" X64,
		    access_name(f->error), address, reason(f->error, address), at, f->error);
	die(E_TRAP, "processor exception %" U64 " at image+%" X64 ", error %" X64, f->vector, at,
	    f->error);
}
