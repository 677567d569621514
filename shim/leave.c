// SPDX-License-Identifier: BSD-2-Clause
/*
 * Writing the block that leaves Lintel.  Called by lintel() last.  64-bit, any ring:
 * it writes memory only; leave.S carries it out.
 */
#include "leave.h"

#include "layout.h"
#include "lib.h"
#include "machine_facts.h"
#include "paging.h"

AT(struct leave, cr3, LEAVE_CR3);
AT(struct leave, pc, LEAVE_PC);
AT(struct leave, arg, LEAVE_ARG);
AT(struct leave, bits, LEAVE_BITS);
AT(struct leave, moves, LEAVE_MOVES);
AT(struct leave, gdtr, LEAVE_GDTR);
AT(struct leave, idtr, LEAVE_IDTR);
AT(struct leave, gdt, LEAVE_GDT);
AT(struct leave, move, LEAVE_MOVE);
SIZE(struct move, 24);
_Static_assert(LEAVE_ARGS + sizeof(struct leave) + 64 <= LEAVE_BOOT_PARAMS,
	       "the moves leave no room for a stack");

#define GDT_CODE32 0x00cf9b000000ffffull
#define GDT_CODE64 0x00af9b000000ffffull
#define GDT_DATA 0x00cf93000000ffffull

extern const char leave_code[], leave_code_end[];

static uint64_t page_up(uint64_t n)
{
	return (n + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

static uint64_t text_size(const struct handoff *h)
{
	return (strlen(h->cmdline) + 1 + 7) & ~7ull;
}

static uint64_t tables_at(const struct handoff *h)
{
	return page_up(LEAVE_TEXT + text_size(h) + linux_setup_data_size(h));
}

static uint64_t tables_size(const struct handoff *h)
{
	return paging_size(map_top(&h->map), machine_has_gib_pages());
}

/* The loader gave a copy of the root pointer and the original cannot be found. */
static bool keeps_rsdp(const struct handoff *h)
{
	return !h->rsdp && h->rsdp_copy[0];
}

uint64_t leave_size(const struct handoff *h)
{
	return tables_at(h) + tables_size(h) + (keeps_rsdp(h) ? PAGE : 0);
}

/* The copy gets a page that the kernel is told to keep, as the original had. */
static void write_rsdp(struct handoff *h, uint64_t at)
{
	memcpy((void *)(uintptr_t)at, h->rsdp_copy, sizeof(h->rsdp_copy));
	map_add(&h->map, at, at + PAGE, MAP_ACPI);
	h->rsdp = at;
}

static void write_jump(const struct plan *p, const struct kernel *k, uint64_t arg)
{
	struct leave *l = (struct leave *)(uintptr_t)(p->block.base + LEAVE_ARGS);

	memcpy((void *)(uintptr_t)p->block.base, leave_code, (size_t)(leave_code_end - leave_code));
	l->pc = p->entry;
	l->arg = arg;
	l->bits = k->bits;
	l->moves = p->moves;
	l->gdt[0] = l->gdt[1] = 0;
	l->gdt[LEAVE_CS / 8] = k->bits == 64 ? GDT_CODE64 : GDT_CODE32;
	l->gdt[LEAVE_DS / 8] = GDT_DATA;
	l->gdtr.limit = sizeof(l->gdt) - 1;
	l->gdtr.base = (uint64_t)(uintptr_t)l->gdt;
	l->idtr.limit = 0;
	l->idtr.base = 0;
	memcpy(l->move, p->move, p->moves * sizeof(l->move[0]));
}

uint64_t leave_write(const struct plan *p, struct handoff *h, const struct kernel *k)
{
	uint64_t base = p->block.base, tables = base + tables_at(h);
	struct leave *l = (struct leave *)(uintptr_t)(base + LEAVE_ARGS);
	struct linux_place at = {
		.boot_params = base + LEAVE_BOOT_PARAMS,
		.cmdline = base + LEAVE_TEXT,
		.setup_data = base + LEAVE_TEXT + text_size(h),
		.initrd = p->initrd.base,
		.initrd_size = p->initrd.size,
		.load = p->load,
	};

	if (k->version < 0x202) {
		at.boot_params = OLD_BOOT_PARAMS;
		at.cmdline = OLD_CMDLINE;
	}
	paging_write(tables, map_top(&h->map), machine_has_gib_pages());
	if (keeps_rsdp(h))
		write_rsdp(h, base + p->block.size - PAGE);
	linux_write(h, k, &at);
	write_jump(p, k, at.boot_params);
	l->cr3 = machine_has_la57() ? tables : tables + PAGE;
	return base;
}
