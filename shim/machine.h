/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the pure core asks of the machine file (trap.c); the host's tests answer
 * for themselves.
 */
#ifndef SHIM_MACHINE_FACTS_H
#define SHIM_MACHINE_FACTS_H

#include <stdbool.h>

/** machine_has_gib_pages() - CPUID 80000001h, edx bit 26 */
bool machine_has_gib_pages(void);

/** machine_has_la57() - whether paging has five levels now, which only leaving long mode ends */
bool machine_has_la57(void);

#endif
