/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Xen's services to a guest that is about to boot a kernel: console, memory map, the
 * end.  In PV (ring 3) and in PVH (ring 0, a processor that tells of Xen by CPUID).
 */
#ifndef SHIM_XEN_XEN_H
#define SHIM_XEN_XEN_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/handoff.h"

/** xen_open_pvh() - whether this is a PVH guest of Xen; its console is say()'s from then on */
bool xen_open_pvh(void);

/** xen_open_pv() - use the console that start_info, at this virtual address, tells of */
void xen_open_pv(uint64_t start_info);

/** xen_power_off() - the end, when all is done; Lintel's own is a refusal: a crash */
_Noreturn void xen_power_off(void);

/** xen_memory_map() - E820 entries of 20 bytes; empty where Xen has none for this guest */
struct span xen_memory_map(void);

/** xen_keep() - note the pages that a PV guest shares with others */
void xen_keep(struct handoff *h);

/** xen_pv_libraries() - give libraries an fs base, their thread's, or take it away: 0 */
void xen_pv_libraries(const void *tls);

/** xen_fill_page() - the page of a PV kernel through which it asks Xen; @page is virtual */
void xen_fill_page(uint64_t page);

/* ---- xen.S */

/** xen_hypercall() - ask Xen; arguments as its ABI has them, negative: an error */
int64_t xen_hypercall(uint64_t number, uint64_t a, uint64_t b, uint64_t c);

/** xen_jump() - enter a kernel in PV: all registers but these are 0
 *  @rsi: start_info or boot_params, virtual; @rsp: Xen's own stack */
_Noreturn void xen_jump(uint64_t rip, uint64_t rsi, uint64_t rsp);

/** xen_hypercall_page - in PVH filled by Xen; zero in PV, where `syscall` asks */
extern uint8_t xen_hypercall_page[4096];

#endif
