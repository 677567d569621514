// SPDX-License-Identifier: BSD-2-Clause
/*
 * The firmware as the door was given it: its tables, and how it loaded our image.  All
 * other files of efi/ use this one, so it calls none of them.
 * The firmware's mode (64-bit, or 32-bit in efi/ia32); boot services alive.
 */
#include "efi/efi.h"
#include "protocol/lib.h"
#include "protocol/say.h"

struct efi efi;

void efi_firmware(EFI_HANDLE image, EFI_SYSTEM_TABLE *st)
{
	efi = (struct efi){ image, st, st->BootServices };
}

EFI_LOADED_IMAGE *efi_loaded_image(void)
{
	EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
	EFI_LOADED_IMAGE *li;

	if (efi.bs->HandleProtocol(efi.image, &guid, (void **)&li) != EFI_SUCCESS)
		die(E_BLOCK, "the firmware does not know the image that it started");
	return li;
}

uint64_t efi_find_table(const EFI_GUID *guid)
{
	for (UINTN i = 0; i < efi.st->NumberOfTableEntries; i++)
		if (!memcmp(&efi.st->ConfigurationTable[i].VendorGuid, guid, sizeof(*guid)))
			return (uint64_t)(uintptr_t)efi.st->ConfigurationTable[i].VendorTable;
	return 0;
}
