// SPDX-License-Identifier: BSD-2-Clause
/*
 * A UEFI application that makes its firmware behave as some other firmware does, then starts
 * \NEXT.EFI from its own volume.  The words in \FIRMWARE.TXT say how:
 *   page0     page 0 is not there, as with EDK II's NULL pointer detection
 *   strict    as Microsoft wants it: nothing but code can be executed, and of the next image no
 *             section has more rights than its header asks for
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
#define PAGE_NO_EXECUTE (1ull << 63)
#define PAGE_SHIFT 12
#define STRICT_PAGES (1u << 18) /* the first GiB, where all memory of the machine is */
#define STRICT_TABLES (2 + 4 + 512)
#define CR0_WP 0x10000ull
#define EFER 0xc0000080
#define EFER_NXE 0x800
/* The PE header, and a section's. */
#define PE_START 0x3c
#define PE_SECTIONS 6
#define PE_OPTIONAL_SIZE 20
#define PE_OPTIONAL 24
#define PE_IMAGE_SIZE (PE_OPTIONAL + 56)
#define SECTION_HEADER 40
#define SECTION_SIZE 8
#define SECTION_RVA 12
#define SECTION_FLAGS 36
#define SECTION_EXECUTE 0x20000000u
#define SECTION_WRITE 0x80000000u

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

/* ---- strict */

static UINT64 *entries; /* the entries of the first GiB */

static void set_rights(UINT64 at, UINT64 size, UINT64 rights)
{
	for (UINT64 i = at >> PAGE_SHIFT; i < (at + size + 4095) >> PAGE_SHIFT; i++)
		if (i < STRICT_PAGES)
			entries[i] = i << PAGE_SHIFT | rights;
}

/* Root, PDPT, four tables of 2 MiB pages, and for the first GiB all of 4 KiB: data. */
static EFI_STATUS make_tables(UINT64 **top)
{
	EFI_PHYSICAL_ADDRESS at = 0xffffffff;
	EFI_STATUS status = bs->AllocatePages(AllocateMaxAddress, EfiBootServicesData,
					      STRICT_TABLES, &at);
	UINT64 *pml4 = (UINT64 *)at, *pdpt = pml4 + 512, *directory = pdpt + 512;

	if (status != EFI_SUCCESS)
		return status;
	*top = pml4;
	entries = directory + 4 * 512;
	ZeroMem(pml4, 2 * 4096);
	pml4[0] = (UINT64)pdpt | PAGE_PRESENT_WRITE;
	for (UINTN i = 0; i < 4; i++)
		pdpt[i] = (UINT64)(directory + i * 512) | PAGE_PRESENT_WRITE;
	for (UINTN i = 0; i < 512; i++)
		directory[i] = (UINT64)(entries + i * 512) | PAGE_PRESENT_WRITE;
	for (UINT64 i = 512; i < 4 * 512; i++)
		directory[i] = i << 21 | PAGE_LARGE | PAGE_PRESENT_WRITE | PAGE_NO_EXECUTE;
	set_rights(0, 1 << 30, PAGE_PRESENT_WRITE | PAGE_NO_EXECUTE);
	return EFI_SUCCESS;
}

/* What runs already is not looked at so closely. */
static void allow_code(void)
{
	UINTN n, key, size;
	UINT32 version;
	EFI_MEMORY_DESCRIPTOR *d = LibMemoryMap(&n, &key, &size, &version);

	for (; n; n--, d = (void *)((UINT8 *)d + size))
		if (d->Type == EfiBootServicesCode || d->Type == EfiRuntimeServicesCode ||
		    d->Type == EfiLoaderCode)
			set_rights(d->PhysicalStart, d->NumberOfPages << PAGE_SHIFT,
				   PAGE_PRESENT_WRITE);
}

static UINT32 number_at(const UINT8 *at)
{
	return (UINT32)at[0] | (UINT32)at[1] << 8 | (UINT32)at[2] << 16 | (UINT32)at[3] << 24;
}

static void allow_sections(const UINT8 *base)
{
	const UINT8 *pe = base + number_at(base + PE_START);
	const UINT8 *s = pe + PE_OPTIONAL + (UINT16)number_at(pe + PE_OPTIONAL_SIZE);

	set_rights((UINT64)base, number_at(pe + PE_IMAGE_SIZE), 1 | PAGE_NO_EXECUTE);
	for (UINTN n = (UINT16)number_at(pe + PE_SECTIONS); n; n--, s += SECTION_HEADER) {
		UINT32 flags = number_at(s + SECTION_FLAGS);
		UINT64 rights = flags & SECTION_WRITE ? PAGE_PRESENT_WRITE : 1;

		if (!(flags & SECTION_EXECUTE))
			rights |= PAGE_NO_EXECUTE;
		set_rights((UINT64)base + number_at(s + SECTION_RVA), number_at(s + SECTION_SIZE),
			   rights);
	}
}

static EFI_STATUS be_strict(EFI_HANDLE next)
{
	EFI_GUID guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
	EFI_LOADED_IMAGE *loaded;
	UINT64 *top, cr0;
	UINT32 low, high;
	EFI_STATUS status = bs->HandleProtocol(next, &guid, (void **)&loaded);

	if (status == EFI_SUCCESS)
		status = make_tables(&top);
	if (status != EFI_SUCCESS)
		return status;
	allow_code();
	allow_sections(loaded->ImageBase);
	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(EFER));
	__asm__ volatile("wrmsr" : : "a"(low | EFER_NXE), "d"(high), "c"(EFER));
	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	__asm__ volatile("mov %0, %%cr0" : : "r"(cr0 | CR0_WP));
	__asm__ volatile("mov %0, %%cr3" : : "r"(top) : "memory");
	return EFI_SUCCESS;
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
	if (wanted("strict"))
		status = be_strict(next);
	if (status == EFI_SUCCESS && wanted("page0"))
		status = hide_page0();
	if (status == EFI_SUCCESS && wanted("mok"))
		status = set_mok(wanted("fake-mok"));
	if (status == EFI_SUCCESS && wanted("tear"))
		status = tear();
	Print(L"firmware: %a: %r\n", text, status);
	return bs->StartImage(next, NULL, NULL);
}
