/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the pure code needs to know about the processor.  The functions are in pc/machine.c,
 * and those about paging where paging is set up: pc/paging.c and efi/ia32/memory.c.
 */
#ifndef SHIM_MACHINE_H
#define SHIM_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/** machine_has_gib_pages() - CPUID 80000001h, edx bit 26 */
bool machine_has_gib_pages(void);

/** machine_has_la57() - whether paging has five levels now; only leaving long mode can
 *  change that */
bool machine_has_la57(void);

/** machine_time() - the time-stamp counter */
uint64_t machine_time(void);

#endif
