// SPDX-License-Identifier: BSD-2-Clause
/*
 * A UEFI application that fragments memory and then starts \NEXT.EFI beside it: the
 * memory map has well over a thousand descriptors then, as on large servers.  Built
 * with gnu-efi by the doors matrix; boot services alive.
 */
#include <efi.h>
#include <efilib.h>

/* Neighbouring pages of types that never merge; runtime types would stall OVMF. */
#define PAGES 1500

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table);

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *system_table)
{
	EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
	EFI_LOADED_IMAGE *self;
	EFI_HANDLE next;
	EFI_STATUS status;

	InitializeLib(image, system_table);
	for (UINTN i = 0; i < PAGES; i++) {
		EFI_PHYSICAL_ADDRESS at = 0;

		status = BS->AllocatePages(
			AllocateAnyPages, i % 2 ? EfiReservedMemoryType : EfiACPIMemoryNVS, 1, &at);
		if (status != EFI_SUCCESS)
			return status;
	}
	status = BS->HandleProtocol(image, &guid, (void **)&self);
	if (status == EFI_SUCCESS)
		status = BS->LoadImage(FALSE, image,
				       FileDevicePath(self->DeviceHandle, (CHAR16 *)L"\\NEXT.EFI"),
				       NULL, 0, &next);
	if (status == EFI_SUCCESS)
		status = BS->StartImage(next, NULL, NULL);
	return status;
}
