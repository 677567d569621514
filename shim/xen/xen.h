/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Xen's services for a guest that is about to boot a kernel: console, memory map, power
 * off.  In PV (ring 3) and in PVH (ring 0, where CPUID shows that this is Xen).
 */
#ifndef SHIM_XEN_XEN_H
#define SHIM_XEN_XEN_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/handoff.h"

/** xen_open_pvh() - whether this is a PVH guest of Xen; if so, say() uses its console from
 *  then on */
bool xen_open_pvh(void);

/** xen_open_pv() - use the console that start_info names; @start_info is virtual */
void xen_open_pv(uint64_t start_info);

/** xen_power_off() - shut the guest down, without an error; a refusal reports a crash instead */
_Noreturn void xen_power_off(void);

/** xen_memory_map() - E820 entries of 20 bytes; empty where Xen has none for this guest */
struct span xen_memory_map(void);

/** xen_keep() - note the pages that a PV guest shares with others */
void xen_keep(struct handoff *h);

/** xen_pv_libraries() - set the fs base, which libraries need; 0 at the end */
void xen_pv_libraries(const void *tls);

/** xen_fill_page() - let Xen fill a PV kernel's hypercall page; @page is virtual */
void xen_fill_page(uint64_t page);

/* ---- start.S */

/** xen_hypercall() - call Xen, with the arguments of its ABI; a negative result is an error */
int64_t xen_hypercall(uint64_t number, uint64_t a, uint64_t b, uint64_t c);

/** xen_jump() - enter a kernel in PV: all registers but these are 0
 *  @rsi: start_info or boot_params, virtual; @rsp: Xen's own stack */
_Noreturn void xen_jump(uint64_t rip, uint64_t rsi, uint64_t rsp);

/** xen_hypercall_page - filled by Xen in PVH; zero in PV, where `syscall` is used instead */
extern uint8_t xen_hypercall_page[4096];

#endif
