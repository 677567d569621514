// SPDX-License-Identifier: BSD-2-Clause
/*
 * Xen's services: hypercalls and the console's ring (Xen, public/xen.h, memory.h,
 * sched.h, event_channel.h, hvm/hvm_op.h, io/console.h).  Called by the doors and by
 * say().  64-bit; ring 3 in PV, ring 0 in PVH; touches the ring and Xen, no device.
 */
#include "shim/xen/xen.h"

#include <lintel/xen_guest.h>

#include "protocol/readers.h"
#include "shim/pc/console.h"
#include "shim/pc/instructions.h"

#define PAGE_SHIFT 12

#define MEMORY_OP 12
#define XENMEM_MEMORY_MAP 9
#define CONSOLE_IO 18
#define CONSOLEIO_WRITE 0
#define SET_SEGMENT_BASE 25
#define SEGBASE_FS 0
#define SCHED_OP 29
#define SCHEDOP_YIELD 0
#define SCHEDOP_SHUTDOWN 2
#define SHUTDOWN_POWEROFF 0
#define SHUTDOWN_CRASH 3
#define EVENT_CHANNEL_OP 32
#define EVTCHNOP_SEND 4
#define HVM_OP 34
#define HVMOP_GET_PARAM 1
#define HVM_PARAM_CONSOLE_PFN 17
#define HVM_PARAM_CONSOLE_EVTCHN 18
#define DOMID_SELF 0x7ff0

#define CPUID_XEN 0x40000000
#define CPUID_XEN_STEP 0x100 /* interfaces of other hypervisors may come first */
#define CPUID_XEN_LAST 0x40010000
#define CPUID_XEN_PAGES 2 /* offset of the leaf whose ebx is the hypercall page's MSR */

#define MSR_HYPERCALL_PAGE 0x40000000

#define E820_ENTRY 20ull
#define E820_MAX 128

#define RING_IN 1024
#define RING_OUT 2048
/* This many yields take some seconds: long enough for a daemon that is slow to read. */
#define RING_YIELDS 100000

/** struct console_ring - public/io/console.h, struct xencons_interface */
struct console_ring {
	char in[RING_IN], out[RING_OUT];
	uint32_t in_cons, in_prod, out_cons, out_prod;
};

static volatile struct console_ring *ring;
static uint32_t ring_port;
static uint64_t console_pfn, store_pfn;
static struct xenpv_pages pages;

static uint64_t number(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

/* ---- console ---- */

static void ring_notify(void)
{
	xen_hypercall(EVENT_CHANNEL_OP, EVTCHNOP_SEND, number(&ring_port), 0);
}

/* Wait while the ring is full; if nothing reads it, the character is lost. */
static void ring_put(char c)
{
	uint32_t at = ring->out_prod;

	for (uint32_t i = 0; at - ring->out_cons >= RING_OUT && i < RING_YIELDS; i++) {
		ring_notify();
		xen_hypercall(SCHED_OP, SCHEDOP_YIELD, 0, 0);
	}
	if (at - ring->out_cons >= RING_OUT)
		return;
	ring->out[at % RING_OUT] = c;
	__asm__ volatile("" : : : "memory"); /* write the byte before its count */
	ring->out_prod = at + 1;
}

static void ring_write(const char *text, size_t len)
{
	for (; len; len--, text++) {
		if (*text == '\n')
			ring_put('\r');
		ring_put(*text);
	}
	ring_notify();
}

static void dom0_write(const char *text, size_t len)
{
	xen_hypercall(CONSOLE_IO, CONSOLEIO_WRITE, len, number(text));
}

_Noreturn static void shut_down(uint32_t reason)
{
	for (;;)
		xen_hypercall(SCHED_OP, SCHEDOP_SHUTDOWN, number(&reason), 0);
}

static void crash(void)
{
	shut_down(SHUTDOWN_CRASH);
}

void xen_power_off(void)
{
	shut_down(SHUTDOWN_POWEROFF);
}

static void open_console(uint64_t pfn, uint32_t port)
{
	ring = memory_at(pfn << PAGE_SHIFT);
	ring_port = port;
	console_use(pfn ? ring_write : dom0_write, crash);
}

/* ---- PVH ---- */

static uint64_t hvm_param(uint32_t index)
{
	struct {
		uint16_t domid, pad;
		uint32_t index;
		uint64_t value;
	} param = { DOMID_SELF, 0, index, 0 };

	xen_hypercall(HVM_OP, HVMOP_GET_PARAM, number(&param), 0);
	return param.value;
}

/* Xen's first CPUID leaf; 0 where there is none. */
static uint32_t xen_leaf(void)
{
	static const uint32_t signature[] = { 0x566e6558, 0x65584d4d, 0x4d4d566e }; /* XenVMM */

	for (uint32_t leaf = CPUID_XEN; leaf < CPUID_XEN_LAST; leaf += CPUID_XEN_STEP) {
		struct cpuid id = cpuid(leaf);

		if (id.ebx == signature[0] && id.ecx == signature[1] && id.edx == signature[2])
			return leaf;
	}
	return 0;
}

bool xen_open_pvh(void)
{
	uint32_t leaf = xen_leaf();
	uint64_t pfn;

	if (!leaf)
		return false;
	write_msr(cpuid(leaf + CPUID_XEN_PAGES).ebx, number(xen_hypercall_page));
	/* The initial domain has no ring: its page number is 0. */
	pfn = hvm_param(HVM_PARAM_CONSOLE_PFN);
	open_console(pfn, (uint32_t)hvm_param(HVM_PARAM_CONSOLE_EVTCHN));
	return true;
}

/* ---- PV ---- */

static uint64_t pfn_of(uint64_t mfn)
{
	const uint64_t *m2p = (const uint64_t *)XEN_M2P;

	return m2p[mfn];
}

void xen_open_pv(uint64_t start_info)
{
	pages = xenpv_pages(start_info);
	if (!pages.initial_domain) {
		console_pfn = pfn_of(pages.console_mfn);
		store_pfn = pfn_of(pages.store_mfn);
	}
	open_console(console_pfn, pages.console_evtchn);
}

void xen_fill_page(uint64_t page)
{
	const uint64_t *mfn_list = (const uint64_t *)(uintptr_t)pages.mfn_list;
	uint64_t pfn = (page - XEN_VIRT_BASE) >> PAGE_SHIFT;

	/* Writing this MSR lets Xen fill the page. */
	write_msr(MSR_HYPERCALL_PAGE, mfn_list[pfn] << PAGE_SHIFT);
}

void xen_keep(struct handoff *h)
{
	if (console_pfn)
		handoff_keep(h, console_pfn << PAGE_SHIFT, 1 << PAGE_SHIFT);
	if (store_pfn)
		handoff_keep(h, store_pfn << PAGE_SHIFT, 1 << PAGE_SHIFT);
}

void xen_pv_libraries(const void *tls)
{
	xen_hypercall(SET_SEGMENT_BASE, SEGBASE_FS, number(tls), 0);
}

struct span xen_memory_map(void)
{
	static uint8_t table[E820_MAX * E820_ENTRY];
	struct {
		uint32_t nr_entries, pad;
		uint64_t buffer;
	} map = { E820_MAX, 0, number(table) };

	if (xen_hypercall(MEMORY_OP, XENMEM_MEMORY_MAP, number(&map), 0))
		map.nr_entries = 0;
	return (struct span){ table, map.nr_entries * E820_ENTRY };
}
