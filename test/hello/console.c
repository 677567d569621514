// SPDX-License-Identifier: BSD-2-Clause
/*
 * The example kernel's console: COM1 as Lintel has left it; inside Xen (PV and PVH) the
 * console's ring, for the initial domain Xen's own console.  Called by hello.c.  Sources: Xen,
 * public/xen.h, sched.h, event_channel.h, hvm/params.h, io/console.h, arch-x86/cpuid.h.
 */
#include "console.h"

#define COM1 0x3f8
#define COM1_STATUS (COM1 + 5)
#define STATUS_EMPTY 0x20

/* Hypercalls, what they are to do, and their arguments. */
#define CONSOLE_IO 18
#define CONSOLEIO_WRITE 0
#define SCHED_OP 29
#define SCHEDOP_YIELD 0
#define SCHEDOP_SHUTDOWN 2
#define EVENT_CHANNEL_OP 32
#define EVTCHNOP_SEND 4
#define HVM_OP 34
#define HVMOP_GET_PARAM 1
#define HVM_PARAM_CONSOLE_PFN 17
#define HVM_PARAM_CONSOLE_EVTCHN 18
#define DOMID_SELF 0x7ff0

#define XEN_CPUID 0x40000000
#define XEN_CPUID_SIGNATURE 0x566e6558 /* "XenV" */
#define HYPERCALL_SIZE 32

struct ring {
	char in[1024], out[2048];
	uint32_t in_cons, in_prod, out_cons, out_prod;
};

static enum { PC, PV, PVH } world;
static volatile struct ring *ring;
static uint32_t port;
static char hypercall_page[4096] __attribute__((aligned(4096)));

static uint64_t hypercall(uint64_t number, uint64_t a, uint64_t b, const void *c)
{
	const char *call = hypercall_page + number * HYPERCALL_SIZE;

	if (world == PV)
		__asm__ volatile("syscall"
				 : "+a"(number), "+D"(a), "+S"(b), "+d"(c)
				 :
				 : "rcx", "r11", "memory");
	else
		__asm__ volatile("call *%4"
				 : "+a"(number), "+D"(a), "+S"(b), "+d"(c)
				 : "r"(call)
				 : "rcx", "r11", "memory");
	return number;
}

static uint64_t hvm_param(uint32_t index)
{
	struct {
		uint32_t domain, index;
		uint64_t value;
	} param = { DOMID_SELF, index, 0 };

	hypercall(HVM_OP, HVMOP_GET_PARAM, (uintptr_t)&param, NULL);
	return param.value;
}

/* A PVH guest knows Xen from CPUID, and asks for the page of hypercalls by an MSR. */
static void open_pvh(void)
{
	uint32_t a = XEN_CPUID, b, c, d, msr;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
	if (b != XEN_CPUID_SIGNATURE)
		return;
	a = XEN_CPUID + 2;
	__asm__ volatile("cpuid" : "+a"(a), "=b"(msr), "=c"(c), "=d"(d));
	__asm__ volatile("wrmsr" : : "c"(msr), "a"(hypercall_page), "d"(0) : "memory");
	world = PVH;
	port = (uint32_t)hvm_param(HVM_PARAM_CONSOLE_EVTCHN);
	ring = (volatile struct ring *)(uintptr_t)(hvm_param(HVM_PARAM_CONSOLE_PFN) << 12);
}

static void open_pv(const struct start_info *xen)
{
	const uint64_t *frames = (const uint64_t *)XEN_M2P;

	world = PV;
	port = xen->console_evtchn;
	if (!(xen->flags & SIF_INITDOMAIN))
		ring = (volatile struct ring *)(XEN_VIRT_BASE + (frames[xen->console_mfn] << 12));
}

void console_open(const struct start_info *xen)
{
	if (xen)
		open_pv(xen);
	else
		open_pvh();
}

static void pc_put(char c)
{
	uint8_t status;

	do
		__asm__ volatile("inb %w1, %0" : "=a"(status) : "d"(COM1_STATUS));
	while (!(status & STATUS_EMPTY));
	__asm__ volatile("outb %0, %w1" : : "a"(c), "d"(COM1));
}

static void ring_put(char c)
{
	while (ring->out_prod - ring->out_cons == sizeof(ring->out))
		hypercall(SCHED_OP, SCHEDOP_YIELD, 0, NULL);
	ring->out[ring->out_prod % sizeof(ring->out)] = c;
	ring->out_prod++;
	hypercall(EVENT_CHANNEL_OP, EVTCHNOP_SEND, (uintptr_t)&port, NULL);
}

void console_put(char c)
{
	if (c == '\n')
		console_put('\r');
	if (world == PC)
		pc_put(c);
	else if (ring)
		ring_put(c);
	else
		hypercall(CONSOLE_IO, CONSOLEIO_WRITE, 1, &c);
}

_Noreturn void console_stop(void)
{
	uint32_t power_off = 0;

	for (;;)
		if (world == PC)
			__asm__ volatile("cli; hlt");
		else
			hypercall(SCHED_OP, SCHEDOP_SHUTDOWN, (uintptr_t)&power_off, NULL);
}
