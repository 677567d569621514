// SPDX-License-Identifier: BSD-2-Clause
/*
 * The door of the image for 32-bit UEFI: the same as the 64-bit one, but it checks that the
 * processor has long mode, and without a kernel it takes one from an image for 64-bit
 * firmware. Called by start.S on the firmware's stack, boot services alive.
 */
#include "efi/efi.h"
#include "efi/ia32/neighbour.h"
#include "protocol/say.h"
#include "shim/lintel.h"
#include "shim/pc/instructions.h"

#define CPUID_EXTENDED 0x80000000
#define CPUID_LONG_MODE 29

uint64_t door_efi32(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

static bool has_long_mode(void)
{
	return cpuid(CPUID_EXTENDED).eax > CPUID_EXTENDED &&
	       cpuid(CPUID_EXTENDED + 1).edx >> CPUID_LONG_MODE & 1;
}

static void check_processor(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
	if (has_long_mode())
		return;
	efi_firmware(image, system_table);
	efi_console_open();
	die(E_CPU, "this processor has no long mode: a 64-bit processor is needed");
}

uint64_t door_efi32(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
	check_processor(image, system_table);
	efi_open_door("efi", (uintptr_t)image, (uintptr_t)system_table, IMAGE_LOADED);
	efi_set_loader(&handoff);
	efi_load_options(&handoff);
	if (!handoff.kernel.size)
		efi_load_newest(&handoff);
	if (!handoff.kernel.size)
		efi_load_neighbour(&handoff);
	return efi_boot(&handoff);
}
