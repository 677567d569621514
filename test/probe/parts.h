/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pieces of memory that a kernel is told of by boot_params and by its registers.
 */
#ifndef TEST_PROBE_PARTS_H
#define TEST_PROBE_PARTS_H

#include "protocol/handoff.h"
#include "protocol/number.h"

#define PARTS_MAX 64

/**
 * struct part - a piece of memory
 * @block: belongs to what the loader has written, not to kernel or initrd
 */
struct part {
	const char *name;
	uint64_t base, size;
	bool block;
};

/** struct parts - @n of them; @lost where there were more */
struct parts {
	uint32_t n;
	bool lost;
	struct part part[PARTS_MAX];
};

/** parts_find() - all but the page tables */
void parts_find(struct parts *p, uint64_t page, const struct boot_params *bp);

/** tables_each() - call @visit for each page of the page tables that the probe was entered on */
void tables_each(void (*visit)(uint64_t page, void *arg), void *arg);

/**
 * tables_identity() - whether [base, end) is seen at its own addresses, writable and executable
 * Return: the first address that is not; @end where all are.
 */
uint64_t tables_identity(uint64_t base, uint64_t end);

#endif
