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
#include "shim/measure.h"
#include "shim/memory.h"
#include "shim/pc/console.h"
#include "shim/pc/doors.h"
#include "shim/pc/fpu.h"
#include "shim/pc/instructions.h"
#include "shim/seal.h"
#include "shim/unpack/unpack.h"
#include "shim/unpack/vmlinux.h"
#include "shim/xen/xen.h"

uint64_t door_pvh(uint64_t info)
{
	struct span e820 = { 0 };

	doors_open("pvh", IMAGE_CORE);
	/* An old Xen gives no map in the block, but answers a hypercall. */
	if (xen_open_pvh())
		e820 = xen_memory_map();
	else if (console_has_vga())
		handoff_text_screen(&handoff);
	pvh_read(info, e820, &handoff);
	/* Xen's initial domain enters kernels by their ELF file only, which a bzImage contains. */
	if (handoff.start_flags & SIF_INITDOMAIN) {
		handoff.world = WORLD_XEN_DOM0;
		fpu_begin();
		vmlinux_open(&handoff, lintel_image_place());
	}
	return doors_leave(&handoff);
}

_Noreturn void door_xenpv(uint64_t start_info, uint64_t stack)
{
	uint64_t tsc = rdtsc();

	/* Before any address becomes a pointer: Xen maps pseudo-physical memory there. */
	memory_seen_at(XEN_VIRT_BASE);
	/* Before anything is said: the console is a ring of Xen's. */
	xen_open_pv(start_info);
	doors_begin("xenpv", tsc, IMAGE_CORE);
	xenpv_read(start_info, stack, xen_memory_map(), &handoff);
	/* Nothing may be moved over the pages of Xen's console and store, nor over the image: in
	 * ring 3 its own code makes the moves and the jump. */
	xen_keep(&handoff);
	handoff_keep(&handoff, lintel_image_place().base, lintel_image_place().size);
	/* A PV kernel is entered by its ELF file, which a bzImage contains compressed. */
	xen_pv_libraries(unpack_tls());
	vmlinux_open(&handoff, lintel_image_place());
	xen_pv_libraries(NULL);
	/* The story of doors_leave(), but for its end: ring 3 is left in another way. */
	lintel_plan(&handoff);
	seal_check(&handoff, machine_hash());
	/* Xen gives no way to a TPM before the kernel's own driver. */
	measure(&handoff, &booting.plan, NULL, "none");
	lintel_announce(&handoff);
	lintel_report(&handoff);
	leave_pv(&booting.plan, &handoff, &booting.kernel, stack);
}
