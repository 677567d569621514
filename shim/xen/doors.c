// SPDX-License-Identifier: BSD-2-Clause
/*
 * The doors of hypervisors: pvh, which other virtual machine monitors use too, and xenpv.
 * Called by start32.S in ring 0 with an identity map, and by start.S in ring 3 on Xen's
 * page tables, which map memory at VIRT_BASE.
 */
#include <lintel/xen_guest.h>

#include "protocol/readers.h"
#include "protocol/say.h"
#include "shim/leave.h"
#include "shim/lintel.h"
#include "shim/memory.h"
#include "shim/pc/console.h"
#include "shim/pc/doors.h"
#include "shim/pc/fpu.h"
#include "shim/pc/instructions.h"
#include "shim/unpack/unpack.h"
#include "shim/unpack/vmlinux.h"
#include "shim/xen/xen.h"

uint64_t door_pvh(uint64_t info)
{
	struct span e820 = { 0 };

	doors_open("pvh");
	if (xen_open_pvh())
		e820 = xen_memory_map();
	else if (console_has_vga())
		handoff_text_screen(&handoff);
	pvh_read(info, e820, &handoff);
	if (handoff.start_flags & SIF_INITDOMAIN) {
		handoff.world = WORLD_XEN_DOM0;
		fpu_begin();
		vmlinux_open(&handoff, lintel_image_place());
	}
	return lintel(&handoff);
}

_Noreturn void door_xenpv(uint64_t start_info, uint64_t stack)
{
	uint64_t tsc = rdtsc();

	memory_seen_at(XEN_VIRT_BASE);
	xen_open_pv(start_info);
	doors_begin("xenpv", tsc);
	xenpv_read(start_info, stack, xen_memory_map(), &handoff);
	xen_keep(&handoff);
	handoff_keep(&handoff, lintel_image_place().base, lintel_image_place().size);
	xen_pv_libraries(unpack_tls());
	vmlinux_open(&handoff, lintel_image_place());
	xen_pv_libraries(NULL);
	lintel_plan(&handoff);
	lintel_announce(&handoff);
	lintel_report(&handoff);
	leave_pv(&booting.plan, &handoff, &booting.kernel, stack);
}
