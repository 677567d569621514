// SPDX-License-Identifier: BSD-2-Clause
/*
 * Memory under UEFI: what we take, the map, and the end of boot services.
 * Everything that can fail is done before the end; after it nothing can.
 */
#include "efi/efi.h"
#include "protocol/efimap.h"
#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/say.h"
#include "shim/face/layout.h"
#include "shim/leave.h"
#include "shim/lintel.h"

#define TAKEN_MAX 96
#define KERNELS_BEGIN 0x1000000
#define EXIT_TRIES 8
#define MAP_TRIES 4
/* The map grows as memory is allocated, and by what ExitBootServices() does. */
#define SPARE_DESCRIPTORS 64
#define SPARE_RANGES 64

static struct {
	uint64_t base;
	UINTN pages;
} taken[TAKEN_MAX];
static uint32_t takens;

static struct blob map_buffer;

/* Pages below `max`; 0 where there are none. */
static uint64_t try_pages(uint64_t size, uint64_t max)
{
	EFI_PHYSICAL_ADDRESS at = max - 1;
	UINTN pages = (UINTN)((size + PAGE - 1) / PAGE);

	if (takens == TAKEN_MAX)
		die(E_MODULES, "more than %u files", TAKEN_MAX);
	if (efi.bs->AllocatePages(AllocateMaxAddress, EfiLoaderData, pages, &at) != EFI_SUCCESS)
		return 0;
	taken[takens].base = at;
	taken[takens++].pages = pages;
	return at;
}

uint64_t efi_pages(uint64_t size, uint64_t max, const char *what)
{
	uint64_t at = try_pages(size, max);

	if (!at)
		die(E_MEMORY,
		    "%s needs %" U64 " KiB in one piece, which the firmware does not have", what,
		    size >> 10);
	return at;
}

/* What must stay until the kernel runs lies below the place of kernels, if it can. */
static uint64_t low_pages(uint64_t size, const char *what)
{
	uint64_t at = try_pages(size, KERNELS_BEGIN);

	return at ? at : efi_pages(size, FOUR_GIB, what);
}

void efi_free_last(void)
{
	takens--;
	efi.bs->FreePages(taken[takens].base, taken[takens].pages);
}

void efi_free_all(void)
{
	while (takens)
		efi_free_last();
}

static void set_efi_info(struct handoff *h, UINTN size, UINTN desc_size, UINT32 version)
{
	uint64_t st = (uint64_t)(uintptr_t)efi.st;

	h->bp.efi_info = (struct efi_info){
		.efi_loader_signature = sizeof(UINTN) == 8 ? EFI_LOADER_SIGNATURE_64 :
							     EFI_LOADER_SIGNATURE_32,
		.efi_systab = (uint32_t)st,
		.efi_systab_hi = (uint32_t)(st >> 32),
		.efi_memdesc_size = (uint32_t)desc_size,
		.efi_memdesc_version = version,
		.efi_memmap = (uint32_t)map_buffer.base,
		.efi_memmap_hi = (uint32_t)(map_buffer.base >> 32),
		.efi_memmap_size = (uint32_t)size,
	};
}

static void take_map_buffer(UINTN size, UINTN desc_size)
{
	map_buffer.size = size + SPARE_DESCRIPTORS * desc_size;
	map_buffer.base = low_pages(map_buffer.size, "the memory map");
}

static UINTN read_map(struct handoff *h)
{
	EFI_STATUS status = EFI_BUFFER_TOO_SMALL;
	UINTN size = 0, key = 0, desc_size = 0;
	UINT32 version = 0;

	/* Loading files, and taking the buffer itself, may have added descriptors. */
	for (uint32_t i = 0; i < MAP_TRIES && status == EFI_BUFFER_TOO_SMALL; i++) {
		if (size)
			take_map_buffer(size, desc_size);
		size = (UINTN)map_buffer.size;
		status = efi.bs->GetMemoryMap(&size, (void *)(uintptr_t)map_buffer.base, &key,
					      &desc_size, &version);
	}
	if (status != EFI_SUCCESS)
		die(E_NO_MAP, "the firmware gives no memory map: status %" X64, (uint64_t)status);
	memset(&h->map, 0, sizeof(h->map));
	efi_map_read(span_at(map_buffer.base, size), desc_size, h);
	handoff_check_map(h);
	set_efi_info(h, size, desc_size, version);
	return key;
}

void efi_open_map(struct handoff *h)
{
	map_buffer = (struct blob){ 0 };
	read_map(h);
}

void efi_take_block(struct handoff *h)
{
	uint64_t size = leave_size(h) + SPARE_RANGES * sizeof(struct boot_e820_entry);

	h->block = (struct blob){ low_pages(size, "boot_params"), size };
}

void efi_exit(struct handoff *h)
{
	EFI_STATUS status = EFI_INVALID_PARAMETER;

	for (uint32_t i = 0; i < EXIT_TRIES && status != EFI_SUCCESS; i++) {
		UINTN key = read_map(h);

		lintel_plan(h);
		/* Allocating a larger buffer changes the map, so read the map once more. */
		if (leave_size(h) > h->block.size) {
			efi_take_block(h);
			continue;
		}
		/* This fails if memory was allocated since the map was read: then try once more. */
		status = efi.bs->ExitBootServices(efi.image, key);
	}
	if (status != EFI_SUCCESS)
		die(E_EXIT, "the firmware does not end boot services: status %" X64,
		    (uint64_t)status);
}
