// SPDX-License-Identifier: BSD-2-Clause
/*
 * The doors' C side.  Called by start32.S and start64.S, on our own stack, with what
 * the protocol's register held.  64-bit, ring 0, identity-mapped, interrupts off.
 */
#include "shim/pc/doors.h"

#include "protocol/readers.h"
#include "protocol/say.h"
#include "shim/face/layout.h"
#include "shim/lintel.h"
#include "shim/measure.h"
#include "shim/pc/instructions.h"
#include "shim/pc/paging.h"
#include "shim/pc/trap.h"
#include "shim/seal.h"
#include "shim/tpm/tpm.h"

extern const char image_base[], text_constants[], text_end[];

void doors_begin(const char *name, uint64_t tsc, enum image_memory memory)
{
	handoff_init(&handoff, name);
	handoff_report(&handoff, "tsc_entry", "0x%016" X64, tsc);
	lintel_image(&handoff, memory);
}

/* Here, and not in static data, since these are addresses. */
static struct paging_image image_parts(void)
{
	uint64_t base = (uint64_t)(uintptr_t)image_base;

	return (struct paging_image){
		.head = base + PM_OFFSET,
		.code = base + (CODE_OFFSET & -PAGE),
		.constants = (uint64_t)(uintptr_t)text_constants,
		.data = (uint64_t)(uintptr_t)text_end,
	};
}

void doors_open(const char *name, enum image_memory memory)
{
	uint64_t tsc = rdtsc();
	struct paging_image parts = image_parts();

	trap_init();
	paging_init(&parts);
	doors_begin(name, tsc, memory);
}

static void measure_by_driver(struct handoff *h)
{
	enum tpm_state tpm = tpm_open(h);

	measure(h, &booting.plan, tpm == TPM_READY ? tpm_extend : NULL, tpm_words(tpm));
	tpm_close();
}

uint64_t doors_leave(struct handoff *h)
{
	lintel_plan(h);
	seal_check(h, machine_hash());
	lintel_announce(h);
	measure_by_driver(h);
	return lintel_act(h);
}

uint64_t door_multiboot1(uint64_t info)
{
	doors_open("multiboot1", IMAGE_FILE);
	mb1_read(info, &handoff);
	return doors_leave(&handoff);
}

uint64_t door_multiboot2(uint64_t info)
{
	doors_open("multiboot2", IMAGE_FILE);
	mb2_read(info, &handoff);
	return doors_leave(&handoff);
}

static uint64_t enter_linux(const char *name, uint64_t boot_params, enum image_memory memory)
{
	doors_open(name, memory);
	linux_read(boot_params, &handoff);
	return doors_leave(&handoff);
}

uint64_t door_linux16(uint64_t boot_params)
{
	return enter_linux("linux16", boot_params, IMAGE_KNOWN);
}

uint64_t door_linux32(uint64_t boot_params)
{
	return enter_linux("linux32", boot_params, IMAGE_CORE);
}

uint64_t door_linux64(uint64_t boot_params)
{
	return enter_linux("linux64", boot_params, IMAGE_CORE);
}

uint64_t door_unknown(uint64_t eax)
{
	doors_open("unknown", IMAGE_CORE);
	die(E_ENTRY, "entered with eax %" X64 ", which no boot protocol has", eax);
}
