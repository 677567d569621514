// SPDX-License-Identifier: BSD-2-Clause
/*
 * Writes the block.  Called last, by lintel_act().  Any ring, since it only writes memory;
 * leave.S then carries the moves out.
 */
#include "shim/leave.h"

#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/readers.h"
#include "shim/face/layout.h"
#include "protocol/world.h"
#include "shim/pc/paging.h"
#include "shim/pc/uart.h"

AT(struct leave, cr3, LEAVE_CR3);
AT(struct leave, pc, LEAVE_PC);
AT(struct leave, arg, LEAVE_ARG);
AT(struct leave, bits, LEAVE_BITS);
AT(struct leave, moves, LEAVE_MOVES);
AT(struct leave, ebx, LEAVE_EBX);
AT(struct leave, gdtr, LEAVE_GDTR);
AT(struct leave, idtr, LEAVE_IDTR);
AT(struct leave, gdt, LEAVE_GDT);
AT(struct leave, no_idtr, LEAVE_NO_IDTR);
AT(struct leave, port, LEAVE_PORT);
AT(struct leave, idt, LEAVE_IDT);
AT(struct leave, move, LEAVE_MOVE);
SIZE(struct move, 24);
_Static_assert(LEAVE_ARGS + sizeof(struct leave) + 64 <= LEAVE_BOOT_PARAMS,
	       "the moves leave no room for a stack");

#define GDT_CODE32 0x00cf9b000000ffffull
#define GDT_CODE64 0x00af9b000000ffffull
#define GDT_DATA 0x00cf93000000ffffull
#define GATE_INTERRUPT 0x8e00ull

extern const char leave_code[], leave_code_end[];

static uint64_t text_size(const struct handoff *h)
{
	return (strlen(h->cmdline) + 1 + 7) & ~7ull;
}

/* @ranges: how many the kernel will be told */
static uint64_t tables_at(const struct handoff *h, uint32_t ranges)
{
	uint64_t linux_size = linux_setup_data_size(h, ranges), pvh = pvh_tables_size(ranges);

	return align_up(LEAVE_TEXT + text_size(h) + (linux_size > pvh ? linux_size : pvh), PAGE);
}

static uint64_t tables_size(const struct handoff *h)
{
	return paging_size(map_top(&h->map), machine_has_gib_pages());
}

uint64_t leave_size(const struct handoff *h)
{
	/* A page in the middle of a range makes three of it. */
	uint32_t more = acpi_keeps_copy(h) ? 2 : 0;

	return tables_at(h, map_ranges(&h->map) + more) + tables_size(h);
}

static void write_rsdp(struct handoff *h, uint64_t at)
{
	memcpy(memory_at(at), h->rsdp_copy, sizeof(h->rsdp_copy));
	h->rsdp = at;
}

/* Lintel's own table and handlers may be overwritten by the moves. */
static void write_idt(struct leave *l, uint64_t handler)
{
	uint64_t low = (handler & 0xffff) | LEAVE_FAULT_CS << 16 | GATE_INTERRUPT << 32 |
		       (handler >> 16 & 0xffff) << 48;

	for (uint32_t i = 0; i < LEAVE_GATES; i++) {
		l->idt[i][0] = low;
		l->idt[i][1] = handler >> 32;
	}
	l->idtr.limit = sizeof(l->idt) - 1;
	l->idtr.base = (uint64_t)(uintptr_t)l->idt;
	l->no_idtr.limit = 0;
	l->no_idtr.base = 0;
	l->port = uart_port();
}

static void write_jump(const struct plan *p, const struct kernel *k, uint64_t arg)
{
	struct leave *l = memory_at(p->block.base + LEAVE_ARGS);

	memcpy(memory_at(p->block.base), leave_code, (size_t)(leave_code_end - leave_code));
	l->pc = p->entry;
	l->arg = arg;
	l->ebx = k->exit == EXIT_PVH ? (uint32_t)arg : 0;
	l->bits = k->bits;
	l->moves = p->moves;
	l->gdt[0] = 0;
	l->gdt[LEAVE_FAULT_CS / 8] = GDT_CODE64;
	l->gdt[LEAVE_CS / 8] = k->bits == 64 ? GDT_CODE64 : GDT_CODE32;
	l->gdt[LEAVE_DS / 8] = GDT_DATA;
	l->gdtr.limit = sizeof(l->gdt) - 1;
	l->gdtr.base = (uint64_t)(uintptr_t)l->gdt;
	write_idt(l, p->block.base + LEAVE_FAULT);
	memcpy(l->move, p->move, p->moves * sizeof(l->move[0]));
}

static uint64_t write_pvh(const struct plan *p, const struct handoff *h)
{
	struct pvh_place at = {
		.info = p->boot_params,
		.cmdline = p->cmdline,
		.tables = p->block.base + LEAVE_TEXT + text_size(h),
		.initrd = p->initrd,
	};

	pvh_write(h, &at);
	return at.info;
}

static uint64_t write_linux(const struct plan *p, const struct handoff *h, const struct kernel *k)
{
	struct linux_place at = {
		.boot_params = p->boot_params,
		.cmdline = p->cmdline,
		.setup_data = p->block.base + LEAVE_TEXT + text_size(h),
		.initrd = p->initrd.base,
		.initrd_size = p->initrd.size,
		.load = p->load,
	};

	linux_write(h, k, &at);
	return at.boot_params;
}

/* The kernel wipes its copy of a random seed after use; ours and the loader's would stay in
 * memory.  Through volatile, so that the compiler does not drop what nobody reads. */
static void wipe_seeds(const struct handoff *h)
{
	for (uint32_t i = 0; i < h->setup_datas; i++) {
		struct blob b = h->setup_data[i];
		struct span node = span_at(b.base, b.size);
		volatile uint8_t *p = memory_at(b.base);

		if (RD32(node, 0, struct setup_data, type) != SETUP_RNG_SEED ||
		    !map_is_ram(&h->map, b.base, b.base + b.size))
			continue;
		for (uint64_t at = sizeof(struct setup_data); at < b.size; at++)
			p[at] = 0;
	}
}

static uint64_t write_params(const struct plan *p, struct handoff *h, const struct kernel *k)
{
	switch (k->exit) {
	case EXIT_PVH:
		return write_pvh(p, h);
	case EXIT_XENPV:
		xenpv_write(h, p->initrd);
		return h->bp.hdr.hardware_subarch_data;
	case EXIT_LINUX:
		break;
	}
	return write_linux(p, h, k);
}

uint64_t leave_params(const struct plan *p, struct handoff *h, const struct kernel *k)
{
	uint64_t params;

	if (p->rsdp)
		write_rsdp(h, p->rsdp);
	params = write_params(p, h, k);
	wipe_seeds(h);
	return params;
}

uint64_t leave_write(const struct plan *p, struct handoff *h, const struct kernel *k)
{
	uint64_t base = p->block.base, tables = base + tables_at(h, map_ranges(&h->map));
	struct leave *l = memory_at(base + LEAVE_ARGS);

	paging_write(tables, map_top(&h->map), machine_has_gib_pages());
	write_jump(p, k, leave_params(p, h, k));
	l->cr3 = machine_has_la57() ? tables : tables + PAGE;
	return base;
}
