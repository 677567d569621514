// SPDX-License-Identifier: BSD-2-Clause
/*
 * Files, and the initrd that a boot loader offers.  The firmware reads each file to where
 * it may stay, so most need not be moved later.
 * The firmware's mode; boot services alive.
 */
#include "efi/efi.h"
#include "protocol/kernel.h"
#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/say.h"
#include "protocol/text.h"

/* Some firmware cannot read more at once. */
#define READ_MAX 0x10000000ull
#define HEAD 0x8000ull

/* Linux, Documentation/admin-guide/efi-stub.rst: the initrd's vendor media device path. */
#define INITRD_MEDIA_GUID                                              \
	{                                                              \
		0x5568e427, 0x68fc, 0x4f3d,                            \
		{                                                      \
			0xac, 0x74, 0xca, 0x55, 0x52, 0x31, 0xcc, 0x68 \
		}                                                      \
	}
#define LOAD_FILE2_GUID                                                \
	{                                                              \
		0x4006c0c1, 0xfcb3, 0x403e,                            \
		{                                                      \
			0x99, 0x6d, 0x4a, 0x6c, 0x87, 0x24, 0xe0, 0x6d \
		}                                                      \
	}

/* ---- files on the image's volume */

EFI_FILE_HANDLE efi_open_volume(void)
{
	EFI_GUID guid = SIMPLE_FILE_SYSTEM_PROTOCOL;
	EFI_FILE_IO_INTERFACE *fs;
	EFI_FILE_HANDLE root;

	if (efi.bs->HandleProtocol(efi_loaded_image()->DeviceHandle, &guid, (void **)&fs) !=
		    EFI_SUCCESS ||
	    fs->OpenVolume(fs, &root) != EFI_SUCCESS)
		return NULL;
	return root;
}

/* Firmware wants backslashes, beginning with the root; people write slashes too. */
static void firmware_path(CHAR16 *to, const char *path)
{
	UINTN n = *path != '/' && *path != '\\';

	*to = '\\';
	if (text_to_utf16(to + n, EFI_PATH_MAX - n, path) >= EFI_PATH_MAX - n)
		die(E_FILE, "file %s has a longer name than %u bytes", path, EFI_PATH_MAX - 2);
	for (; *to; to++)
		if (*to == '/')
			*to = '\\';
}

static EFI_STATUS open_on(EFI_FILE_HANDLE root, const CHAR16 *name, EFI_FILE_HANDLE *file,
			  uint64_t *size)
{
	EFI_STATUS status = root->Open(root, file, (CHAR16 *)name, EFI_FILE_MODE_READ, 0);

	root->Close(root);
	/* To UEFI the highest position means the end of the file; the position there is its
	 * size. */
	if (status == EFI_SUCCESS && ((*file)->SetPosition(*file, UINT64_MAX) != EFI_SUCCESS ||
				      (*file)->GetPosition(*file, size) != EFI_SUCCESS))
		status = EFI_DEVICE_ERROR;
	return status;
}

static EFI_FILE_HANDLE open_file(const char *path, uint64_t *size)
{
	EFI_FILE_HANDLE root = efi_open_volume(), file;
	CHAR16 name[EFI_PATH_MAX];
	EFI_STATUS status;

	if (!root)
		die(E_FILE, "the volume that the image came from has no files");
	firmware_path(name, path);
	status = open_on(root, name, &file, size);
	if (status != EFI_SUCCESS || !*size)
		die(E_FILE, "file %s cannot be opened, or is empty: status %" X64, path,
		    (uint64_t)status);
	return file;
}

static void read_at(EFI_FILE_HANDLE file, const char *path, uint64_t at, uint64_t size)
{
	uint64_t done = 0;

	file->SetPosition(file, 0);
	while (done < size) {
		UINTN n = (UINTN)(size - done < READ_MAX ? size - done : READ_MAX);
		EFI_STATUS status = file->Read(file, &n, (void *)(uintptr_t)(at + done));

		if (status != EFI_SUCCESS || !n)
			die(E_FILE, "file %s cannot be read at %" X64 ": status %" X64, path, done,
			    (uint64_t)status);
		done += n;
	}
}

/* The firmware has not checked the signature of a kernel that is only read as a file. */
static void refuse_unsigned(const struct handoff *h, const char *path)
{
	if (handoff_secure_boot(h))
		die(E_SECURE_BOOT, "Secure Boot: %s is not signed with the image", path);
}

/* A kernel is read to a place with enough room after it, so that it can start there.  Its
 * first bytes say how much it needs, so they are read first. */
struct blob efi_load_kernel(const struct handoff *h, const char *path)
{
	static struct kernel kernel;
	enum kernel_kind kind;
	uint64_t size = 0, at;
	EFI_FILE_HANDLE file;

	refuse_unsigned(h, path);
	file = open_file(path, &size);
	at = efi_pages(size, FOUR_GIB, path);
	read_at(file, path, at, size < HEAD ? size : HEAD);
	kind = kernel_kind(span_at(at, size));
	if (kind == KERNEL_BZIMAGE || kind == KERNEL_ELF)
		kernel_open(&kernel, (struct blob){ at, size });
	efi_free_last();
	at = efi_pages(size + kernel_room(&kernel), FOUR_GIB, path);
	read_at(file, path, at, size);
	file->Close(file);
	return (struct blob){ at, size };
}

static struct blob read_all(EFI_FILE_HANDLE file, const char *path, uint64_t size)
{
	uint64_t at = efi_pages(size, FOUR_GIB, path);

	read_at(file, path, at, size);
	file->Close(file);
	return (struct blob){ at, size };
}

struct blob efi_load_file(const char *path)
{
	uint64_t size = 0;
	EFI_FILE_HANDLE file = open_file(path, &size);

	return read_all(file, path, size);
}

bool efi_load_beside(const struct handoff *h, const CHAR16 *name, const char *text,
		     struct blob *file)
{
	EFI_FILE_HANDLE root = efi_open_volume(), handle;
	uint64_t size = 0;

	if (!root || open_on(root, name, &handle, &size) != EFI_SUCCESS || !size)
		return false;
	refuse_unsigned(h, text);
	*file = read_all(handle, text, size);
	return true;
}

/* ---- the initrd that a boot loader offers */

bool efi_load_initrd(struct handoff *h)
{
	static const EFI_GUID media = INITRD_MEDIA_GUID;
	struct {
		EFI_DEVICE_PATH head;
		EFI_GUID guid;
		EFI_DEVICE_PATH end;
	} __attribute__((packed))
	path = { { 4, 3, { sizeof(EFI_DEVICE_PATH) + sizeof(EFI_GUID), 0 } },
		 media,
		 { 0x7f, 0xff, { sizeof(EFI_DEVICE_PATH), 0 } } };
	EFI_DEVICE_PATH *rest = (EFI_DEVICE_PATH *)&path;
	EFI_GUID guid = LOAD_FILE2_GUID;
	EFI_LOAD_FILE_INTERFACE *load;
	EFI_HANDLE handle;
	UINTN size = 0;
	uint64_t at;

	if (efi.bs->LocateDevicePath(&guid, &rest, &handle) != EFI_SUCCESS ||
	    efi.bs->HandleProtocol(handle, &guid, (void **)&load) != EFI_SUCCESS)
		return false;
	if (load->LoadFile(load, rest, FALSE, &size, NULL) != EFI_BUFFER_TOO_SMALL || !size)
		return false;
	if (!handoff_wants_initrd(h))
		return false;
	at = efi_pages(size, FOUR_GIB, "the boot loader's initrd");
	if (load->LoadFile(load, rest, FALSE, &size, (void *)(uintptr_t)at) != EFI_SUCCESS)
		die(E_FILE, "the boot loader's initrd of %" U64 " bytes cannot be read",
		    (uint64_t)size);
	handoff_initrd(h, (struct blob){ at, size });
	return true;
}
