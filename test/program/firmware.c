// SPDX-License-Identifier: BSD-2-Clause
/*
 * A UEFI application that makes its firmware behave as some other firmware does, then starts
 * \NEXT.EFI from its own volume.  The words in \FIRMWARE.TXT say how:
 *   page0     page 0 is not there, as with EDK II's NULL pointer detection
 *   grow      some allocations of pages add 300 descriptors to the memory map
 *   watchdog  says how long the watchdog is set for
 *   unknown   GetVariable() fails for SecureBoot
 *   silent    there is no ConOut: the firmware writes on no serial port that we know of
 *   mok       MokSBState is set as shim's MokManager sets it: the owner wants no checks
 *   fake-mok  the same by a variable that an operating system could have set
 *   tear      the memory map is in pieces: more ranges than boot_params has room for
 *   options   \OPTIONS.BIN is handed over as load options, byte by byte
 * The doors matrix builds it with gnu-efi's library; it runs with boot services alive, in long
 * mode on the firmware's page tables, and changes these and the firmware's tables of functions.
 */
#include <efi.h>
#include <efilib.h>

#define FILE_MAX 16384
#define PIECES 1400
#define GROWTH 300
#define GROWS_FROM 2 /* allocations: Lintel's first is for the map, the next are for files */
#define GROWS_TO 4
#define PAGE_ADDRESS 0x000ffffffffff000ull
#define PAGE_PRESENT_WRITE 3
#define PAGE_LARGE 0x80
#define CR0_WP 0x10000ull

static EFI_BOOT_SERVICES *bs;
static EFI_RUNTIME_SERVICES *rt;
static EFI_FILE_HANDLE root;

static CHAR8 text[FILE_MAX], options[FILE_MAX];

static UINTN read_file(const CHAR16 *name, CHAR8 *to)
{
	EFI_FILE_HANDLE file;
	UINTN size = FILE_MAX - 1;

	if (root->Open(root, &file, (CHAR16 *)name, EFI_FILE_MODE_READ, 0) != EFI_SUCCESS)
		return 0;
	if (file->Read(file, &size, to) != EFI_SUCCESS)
		size = 0;
	to[size] = 0;
	file->Close(file);
	return size;
}

static BOOLEAN wanted(const char *word)
{
	UINTN n = strlena((const CHAR8 *)word);

	for (CHAR8 *at = text; *at; at++)
		if (!strncmpa(at, (const CHAR8 *)word, n))
			return TRUE;
	return FALSE;
}

/* ---- page0 */

static EFI_STATUS take_page(UINT64 **page)
{
	EFI_PHYSICAL_ADDRESS at = 0xffffffff;
	EFI_STATUS status = bs->AllocatePages(AllocateMaxAddress, EfiBootServicesData, 1, &at);

	*page = (UINT64 *)at;
	return status;
}

/* Make 512 entries of the size @step of one large one. */
static EFI_STATUS split(UINT64 *entry, UINT64 step, UINT64 flags)
{
	UINT64 *table;
	EFI_STATUS status;

	if (!(*entry & PAGE_LARGE))
		return EFI_SUCCESS;
	status = take_page(&table);
	if (status != EFI_SUCCESS)
		return status;
	for (UINTN i = 0; i < 512; i++)
		table[i] = i * step | flags;
	*entry = (UINT64)table | PAGE_PRESENT_WRITE;
	return EFI_SUCCESS;
}

static UINT64 *table_of(UINT64 entry)
{
	return (UINT64 *)(entry & PAGE_ADDRESS);
}

static EFI_STATUS hide_page0(void)
{
	UINT64 cr0, cr3, *pdpt, *directory;
	EFI_STATUS status;

	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	__asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
	__asm__ volatile("mov %0, %%cr0" : : "r"(cr0 & ~CR0_WP));
	pdpt = table_of(*table_of(cr3));
	status = split(pdpt, 1 << 21, PAGE_LARGE | PAGE_PRESENT_WRITE);
	if (status != EFI_SUCCESS)
		return status;
	directory = table_of(*pdpt);
	status = split(directory, 1 << 12, PAGE_PRESENT_WRITE);
	if (status == EFI_SUCCESS)
		*table_of(*directory) = 0;
	__asm__ volatile("mov %0, %%cr3" : : "r"(cr3) : "memory");
	__asm__ volatile("mov %0, %%cr0" : : "r"(cr0));
	return status;
}

/* ---- the firmware's functions */

static EFI_ALLOCATE_PAGES allocate_pages;
static EFI_SET_WATCHDOG_TIMER set_watchdog;
static EFI_GET_VARIABLE get_variable;

/* Pages of two types in turn, which nobody may merge: each becomes a range of its own. */
static EFI_STATUS take_pieces(EFI_PHYSICAL_ADDRESS at, UINTN pages)
{
	EFI_STATUS status = EFI_SUCCESS;

	for (UINTN i = 0; i < pages && status == EFI_SUCCESS; i++, at += EFI_PAGE_SIZE)
		status = allocate_pages(AllocateAddress,
					i % 2 ? EfiACPIMemoryNVS : EfiReservedMemoryType, 1, &at);
	return status;
}

static EFI_STATUS EFIAPI growing_allocate_pages(EFI_ALLOCATE_TYPE type, EFI_MEMORY_TYPE memory,
						UINTN pages, EFI_PHYSICAL_ADDRESS *at)
{
	static UINTN calls;
	EFI_PHYSICAL_ADDRESS next = 0x80000000;

	calls++;
	if (calls < GROWS_FROM || calls > GROWS_TO)
		return allocate_pages(type, memory, pages, at);
	allocate_pages(AllocateMaxAddress, EfiBootServicesData, GROWTH, &next);
	bs->FreePages(next, GROWTH);
	take_pieces(next, GROWTH);
	return allocate_pages(type, memory, pages, at);
}

static EFI_STATUS EFIAPI saying_set_watchdog(UINTN seconds, UINT64 code, UINTN size, CHAR16 *data)
{
	Print(L"firmware: watchdog %d s\n", seconds);
	return set_watchdog(seconds, code, size, data);
}

static EFI_STATUS EFIAPI failing_get_variable(CHAR16 *name, EFI_GUID *vendor, UINT32 *attributes,
					      UINTN *size, VOID *data)
{
	if (wanted("unknown") && !StrCmp(name, L"SecureBoot"))
		return EFI_DEVICE_ERROR;
	if (wanted("silent") && !StrCmp(name, L"ConOut"))
		return EFI_NOT_FOUND;
	return get_variable(name, vendor, attributes, size, data);
}

static void replace_functions(void)
{
	allocate_pages = bs->AllocatePages;
	set_watchdog = bs->SetWatchdogTimer;
	get_variable = rt->GetVariable;
	if (wanted("grow"))
		bs->AllocatePages = growing_allocate_pages;
	if (wanted("watchdog"))
		bs->SetWatchdogTimer = saying_set_watchdog;
	if (wanted("unknown") || wanted("silent"))
		rt->GetVariable = failing_get_variable;
}

/* ---- mok, fake-mok */

static EFI_STATUS set_mok(BOOLEAN is_fake)
{
	EFI_GUID shim = {
		0x605dab50, 0xe046, 0x4300, { 0xab, 0xb6, 0x3d, 0xd8, 0x10, 0xdd, 0x8b, 0x23 }
	};
	UINT32 attributes = EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_NON_VOLATILE;
	UINT8 off = 1;

	if (is_fake)
		attributes |= EFI_VARIABLE_RUNTIME_ACCESS;
	return rt->SetVariable((CHAR16 *)L"MokSBState", &shim, attributes, sizeof(off), &off);
}

/* ---- tear */

static EFI_STATUS tear(void)
{
	EFI_PHYSICAL_ADDRESS at = 0x80000000;
	EFI_STATUS status = allocate_pages(AllocateMaxAddress, EfiBootServicesData, PIECES, &at);

	if (status != EFI_SUCCESS)
		return status;
	bs->FreePages(at, PIECES);
	return take_pieces(at, PIECES);
}

/* ---- the next image */

static EFI_STATUS load_next(EFI_HANDLE image, EFI_HANDLE device, EFI_HANDLE *next)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	CHAR16 path[] = L"\\NEXT.EFI";
	EFI_LOADED_IMAGE *loaded;
	EFI_STATUS status = bs->LoadImage(FALSE, image, FileDevicePath(device, path), NULL, 0,
					  next);

	if (status == EFI_SUCCESS)
		status = bs->HandleProtocol(*next, &guid, (void **)&loaded);
	if (status == EFI_SUCCESS && wanted("options")) {
		loaded->LoadOptionsSize = (UINT32)read_file(L"\\OPTIONS.BIN", options);
		loaded->LoadOptions = options;
	}
	return status;
}

EFI_STATUS efi_main(EFI_HANDLE image, EFI_SYSTEM_TABLE *st)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *self;
	EFI_HANDLE next;
	EFI_STATUS status;

	InitializeLib(image, st);
	bs = st->BootServices;
	rt = st->RuntimeServices;
	status = bs->HandleProtocol(image, &guid, (void **)&self);
	if (status != EFI_SUCCESS)
		return status;
	root = LibOpenRoot(self->DeviceHandle);
	read_file(L"\\FIRMWARE.TXT", text);
	status = load_next(image, self->DeviceHandle, &next);
	if (status != EFI_SUCCESS)
		return status;
	replace_functions();
	if (wanted("page0"))
		status = hide_page0();
	if (status == EFI_SUCCESS && wanted("mok"))
		status = set_mok(wanted("fake-mok"));
	if (status == EFI_SUCCESS && wanted("tear"))
		status = tear();
	Print(L"firmware: %a: %r\n", text, status);
	return bs->StartImage(next, NULL, NULL);
}
