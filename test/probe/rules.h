/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules of protocol/ENTRY.md that a kernel can see.  The probe kernel judges them,
 * whoever has entered it.
 */
#ifndef TEST_PROBE_RULES_H
#define TEST_PROBE_RULES_H

#include "protocol/handoff.h"

/** rules_begin() - before the block is read: what the program itself may change */
void rules_begin(void);

/**
 * rules_overwrite() - fill all RAM but the kernel, its initrd and the parts of the block
 * @page: boot_params
 * @h:    what was read from it
 *
 * Whatever is read afterwards was in memory that the kernel was told of (R27).  Not more
 * than a GiB, so that it takes no time.  Not inside Xen PV.
 */
void rules_overwrite(uint64_t page, struct handoff *h);

/** rules_print() - a line "R<n> ok|FAIL|- value" for each rule; - where it does not apply */
void rules_print(uint64_t page, const struct handoff *h);

#endif
