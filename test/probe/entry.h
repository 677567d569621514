/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the processor held at the probe kernel's first instruction: entry.S writes it,
 * rules.c judges it.  Read by the assembly too, so the offsets stand as constants.
 */
#ifndef TEST_PROBE_ENTRY_H
#define TEST_PROBE_ENTRY_H

#define ENTRY_BITS 0
#define ENTRY_SELECTORS 4
#define ENTRY_RBX 16
#define ENTRY_RBP 24
#define ENTRY_RSI 32
#define ENTRY_RDI 40
#define ENTRY_RSP 48
#define ENTRY_FLAGS 56
#define ENTRY_CR0 64
#define ENTRY_CR3 72
#define ENTRY_CR4 80
#define ENTRY_EFER 88
#define ENTRY_GDTR 96
#define ENTRY_IDTR 106
#define ENTRY_SIZE 120

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "protocol/at.h"

/**
 * struct entry - the state in which a loader entered the probe
 * @bits:     width of the entry, 64 or 32; 0: by the 16-bit setup code, nothing is noted
 * @selector: cs, ds, es, fs, gs, ss
 * @rflags:   rflags; upper halves of a 32-bit entry's registers are 0
 * @efer:     MSR 0xc0000080; as cr0, cr3 and cr4 0 in ring 3
 */
struct entry {
	uint32_t bits;
	uint16_t selector[6];
	uint64_t rbx, rbp, rsi, rdi, rsp, rflags;
	uint64_t cr0, cr3, cr4, efer;
	struct {
		uint16_t limit;
		uint64_t base;
	} __attribute__((packed)) gdtr, idtr;
};
AT(struct entry, selector, ENTRY_SELECTORS);
AT(struct entry, rbx, ENTRY_RBX);
AT(struct entry, rflags, ENTRY_FLAGS);
AT(struct entry, efer, ENTRY_EFER);
AT(struct entry, gdtr, ENTRY_GDTR);
AT(struct entry, idtr, ENTRY_IDTR);
SIZE(struct entry, ENTRY_SIZE);

extern struct entry entry;

/* Selectors, in the structure's order. */
enum { CS, DS, ES, FS, GS, SS };

#endif
#endif
