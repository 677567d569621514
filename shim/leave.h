/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block.  It has memory of its own, so that it stays whole when kernel and initrd are
 * moved over Lintel itself.
 *
 *   +0       the code of leave.S, then struct leave, then the moves
 *   +0x2000  boot_params
 *   +0x3000  a copy of ACPI's root pointer, where it is needed
 *   +0x4000  command line, setup_data; then, on pages of their own, the
 *            identity map
 *
 * Read by the assembly too, so the structure stands in C and its offsets as
 * constants, compared in leave.c.
 */
#ifndef SHIM_LEAVE_H
#define SHIM_LEAVE_H

/* The code must end before this (lintel.ld checks that). */
#define LEAVE_ARGS 0x180
/* Where its code for exceptions begins. */
#define LEAVE_FAULT 0x100
#define LEAVE_BOOT_PARAMS 0x2000
#define LEAVE_RSDP 0x3000
#define LEAVE_TEXT 0x4000

/* Offsets in struct leave. */
#define LEAVE_CR3 0
#define LEAVE_PC 8
#define LEAVE_ARG 16
#define LEAVE_BITS 24
#define LEAVE_MOVES 28
#define LEAVE_EBX 52
#define LEAVE_GDTR 32
#define LEAVE_IDTR 42
#define LEAVE_GDT 56
#define LEAVE_NO_IDTR 88
#define LEAVE_PORT 100
#define LEAVE_IDT 104
#define LEAVE_MOVE 616

/* The code segment of exceptions; and the boot protocol's selectors, whose code segment is 64-bit
 * or 32-bit, as the entry is. */
#define LEAVE_FAULT_CS 0x08
#define LEAVE_CS 0x10
#define LEAVE_DS 0x18

#ifndef __ASSEMBLER__

#include "shim/place.h"

/* All exceptions that a processor has. */
#define LEAVE_GATES 32

/**
 * struct leave - what leave.S carries out
 * @cr3:   identity map of all RAM
 * @pc:    the kernel's entry
 * @arg:   address of boot_params or hvm_start_info
 * @bits:  width of the entry, 64 or 32
 * @moves: how many of @move there are
 * @idtr:  of the moves' exceptions; the kernel gets @no_idtr
 * @ebx:   the 32-bit entry's ebx
 * @port:  the serial port that is told of an exception
 */
struct leave {
	uint64_t cr3, pc, arg;
	uint32_t bits, moves;
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) gdtr, idtr;
	uint32_t ebx;
	uint64_t gdt[4];
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) no_idtr;
	uint16_t reserved;
	uint32_t port;
	uint64_t idt[LEAVE_GATES][2];
	struct move move[MOVES_MAX];
};

/** leave_size() - bytes that the block needs; enough also when the plan has changed the map */
uint64_t leave_size(const struct handoff *h);

/** leave_params() - write boot_params, or what the exit takes instead, into the plan's block
 *  Return: its address. */
uint64_t leave_params(const struct plan *p, struct handoff *h, const struct kernel *k);

/** leave_pv() - inside Xen PV: write the block, carry out the plan and enter the kernel */
_Noreturn void leave_pv(const struct plan *p, struct handoff *h, const struct kernel *k,
			uint64_t stack);

/**
 * leave_write() - write the block: boot_params, identity map, the moves, the code
 *
 * Return: the address of the code, to be jumped to with rdi = it + LEAVE_ARGS.
 */
uint64_t leave_write(const struct plan *p, struct handoff *h, const struct kernel *k);

#endif
#endif
