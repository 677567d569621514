// SPDX-License-Identifier: BSD-2-Clause
/*
 * The doors with boot services alive: a UEFI application, the EFI handover entry, and
 * Multiboot 2's EFI64 entry.
 * Called by start_efi.S on the firmware's stack.  Long mode, or the mode of 32-bit firmware
 * (ia32/door.c); the firmware's page tables; may call the firmware until efi_exit().
 */
#include "efi/efi.h"
#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/readers.h"
#include "protocol/say.h"
#include "shim/lintel.h"
#include "shim/measure.h"
#include "shim/pc/console.h"
#include "shim/pc/doors.h"
#include "shim/pc/instructions.h"
#include "shim/seal.h"

uint64_t door_efi(uint64_t image, uint64_t system_table);
uint64_t door_efi_handover(uint64_t image, uint64_t system_table, uint64_t boot_params);
uint64_t door_multiboot2_efi64(uint64_t info);

void efi_open_door(const char *name, uint64_t image, uint64_t system_table,
		   enum image_memory memory)
{
	uint64_t tsc = rdtsc();

	efi_firmware((EFI_HANDLE)(uintptr_t)image, (EFI_SYSTEM_TABLE *)(uintptr_t)system_table);
	handoff_init(&handoff, name);
	handoff.bp.secure_boot = efi_secure_boot();
	efi_console_open();
	/* Boot managers set the watchdog to five minutes, and a slow medium may need more. */
	efi.bs->SetWatchdogTimer(0, 0, 0, NULL);
	efi_bli_begin(tsc);
	handoff_report(&handoff, "tsc_entry", "0x%016" X64, tsc);
	lintel_image(&handoff, memory);
	efi_open_map(&handoff);
}

void efi_set_loader(struct handoff *h)
{
	const CHAR16 *vendor = efi.st->FirmwareVendor;
	size_t n = 0;

	for (; vendor && vendor[n] && n < sizeof(h->loader) - 1; n++)
		h->loader[n] = (char)(vendor[n] < 0x80 ? vendor[n] : '?');
	h->loader[n] = '\0';
}

static void measure_by_firmware(struct handoff *h)
{
	bool has_tpm = efi_tpm_open();

	efi_bli_measured(measure(h, &booting.plan, has_tpm ? efi_tpm_extend : NULL,
				 has_tpm ? "efi" : "none"));
	efi_tpm_log();
}

uint64_t efi_boot(struct handoff *h)
{
	/* While boot services live, a refusal returns to the boot manager.  So everything
	 * that can be refused is found before they end. */
	if (!h->kernel.size && !h->is_partial)
		die(E_NO_KERNEL, "no kernel: pack one with lintel build, or name one: linux=PATH");
	/* Only the firmware knows the screen, the ACPI tables and random bytes. */
	efi_gather(h);
	/* The plan needs the place of the block, and only the firmware can allocate its memory. */
	efi_take_block(h);
	/* Too little memory is refused now; efi_exit() plans once more, on the very last map. */
	lintel_plan(h);
	/* The firmware's console shows the line only as long as boot services are alive. */
	lintel_announce(h);
	/* What will be used is known now, and none of it has run. */
	seal_check(h, machine_hash());
	measure_by_firmware(h);
	/* Variables too must be set before then: this one says when the kernel began. */
	efi_bli_end();
	/* From here on the machine is ours, and moves may use the firmware's memory. */
	efi_exit(h);
	/* ConOut is gone; what is written from now on goes to the serial port. */
	efi_console_close();
	/* Nothing can be refused here: the plan was made for the very last map. */
	return lintel_act(h);
}

uint64_t door_efi(uint64_t image, uint64_t system_table)
{
	efi_open_door("efi", image, system_table, IMAGE_LOADED);
	efi_set_loader(&handoff);
	efi_load_options(&handoff);
	if (!handoff.kernel.size)
		efi_choose();
	return efi_boot(&handoff);
}

#define BP(field) offsetof(struct boot_params, field)

/* The boot loader has put what it knows into boot_params, but no map: we ask the firmware. */
uint64_t door_efi_handover(uint64_t image, uint64_t system_table, uint64_t boot_params)
{
	struct span page = span_at(boot_params, sizeof(struct boot_params));
	uint64_t line = words64(rd32(page, BP(hdr.cmd_line_ptr)), rd32(page, BP(ext_cmd_line_ptr)));

	efi_open_door("efi-handover", image, system_table, IMAGE_CORE);
	/* What says whether it is signed need not be in memory.  If the firmware does not know
	 * whether Secure Boot is on, it may be. */
	handoff.is_signed = true;
	format(handoff.loader, sizeof(handoff.loader), "type %x",
	       rd8(page, BP(hdr.type_of_loader)));
	if (line)
		handoff_cmdline(&handoff, span_at(line, CMDLINE_MAX + 1));
	handoff_module(
		&handoff,
		words64(rd32(page, BP(hdr.ramdisk_image)), rd32(page, BP(ext_ramdisk_image))),
		words64(rd32(page, BP(hdr.ramdisk_size)), rd32(page, BP(ext_ramdisk_size))),
		(struct span){ 0 });
	efi_load_initrd(&handoff);
	return efi_boot(&handoff);
}

uint64_t door_multiboot2_efi64(uint64_t info)
{
	struct mb2_efi given = mb2_efi(info);

	efi_open_door("multiboot2-efi64", given.image, given.system_table, IMAGE_FILE);
	mb2_read(info, &handoff);
	return efi_boot(&handoff);
}
