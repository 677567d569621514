// SPDX-License-Identifier: BSD-2-Clause
/*
 * A UEFI application that tears the memory map into pieces, then starts \NEXT.EFI from
 * its own volume: firmware with more memory ranges than a boot_params has room for.
 * The doors matrix builds it with gnu-efi's library; it runs with boot services alive.
 */
#include <efi.h>
#include <efilib.h>

#define PIECES 1400 /* pages, of two types in turn, which nobody may merge */

/* Where the most memory lies free. */
static EFI_PHYSICAL_ADDRESS largest_free(void)
{
	EFI_PHYSICAL_ADDRESS best = 0;
	UINT64 pages = 0;
	UINTN n, key, size;
	UINT32 version;
	EFI_MEMORY_DESCRIPTOR *d = LibMemoryMap(&n, &key, &size, &version);

	for (; n; n--, d = (void *)((UINT8 *)d + size)) {
		if (d->Type != EfiConventionalMemory || d->NumberOfPages <= pages)
			continue;
		best = d->PhysicalStart;
		pages = d->NumberOfPages;
	}
	return pages > PIECES ? best : 0;
}

static EFI_STATUS tear(EFI_BOOT_SERVICES *bs)
{
	EFI_PHYSICAL_ADDRESS at = largest_free();

	for (int i = 0; i < PIECES; i++, at += EFI_PAGE_SIZE) {
		EFI_MEMORY_TYPE type = i % 2 ? EfiACPIMemoryNVS : EfiReservedMemoryType;
		EFI_STATUS status = uefi_call_wrapper(bs->AllocatePages, 4, AllocateAddress, type,
						      1, &at);

		if (EFI_ERROR(status))
			return status;
	}
	return EFI_SUCCESS;
}

static EFI_STATUS start_next(EFI_HANDLE image, EFI_BOOT_SERVICES *bs)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	CHAR16 path[] = L"\\NEXT.EFI";
	EFI_LOADED_IMAGE *self;
	EFI_HANDLE next;
	EFI_STATUS status = uefi_call_wrapper(bs->HandleProtocol, 3, image, &guid, (void **)&self);

	if (EFI_ERROR(status))
		return status;
	status = uefi_call_wrapper(bs->LoadImage, 6, FALSE, image,
				   FileDevicePath(self->DeviceHandle, path), NULL, 0, &next);
	if (EFI_ERROR(status))
		return status;
	return uefi_call_wrapper(bs->StartImage, 3, next, NULL, NULL);
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *st)
{
	EFI_STATUS status;

	InitializeLib(image, st);
	status = tear(st->BootServices);
	return EFI_ERROR(status) ? status : start_next(image, st->BootServices);
}
