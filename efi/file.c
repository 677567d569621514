// SPDX-License-Identifier: BSD-2-Clause
/*
 * Load options and files.  Everything is read by the firmware straight to where the
 * kernel will use it.  Boot services alive.
 */
#include "efi/efi.h"
#include "protocol/kernel.h"
#include "protocol/lib.h"
#include "protocol/say.h"

#define PATH_MAX 512
#define FOUR_GIB 0x100000000
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
#define SHELL_PARAMETERS_GUID                                          \
	{                                                              \
		0x752f3136, 0x4e16, 0x4fdc,                            \
		{                                                      \
			0xa2, 0x2a, 0xe5, 0xf4, 0x68, 0x12, 0xf4, 0xca \
		}                                                      \
	}

EFI_LOADED_IMAGE *efi_loaded_image(void)
{
	EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
	EFI_LOADED_IMAGE *li;

	if (efi.bs->HandleProtocol(efi.image, &guid, (void **)&li) != EFI_SUCCESS)
		die(E_BLOCK, "the firmware does not know the image that it started");
	return li;
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

/* Firmware wants backslashes from the root; people write either. */
static void firmware_path(CHAR16 *to, const char *path)
{
	UINTN n = 0;

	if (*path != '/' && *path != '\\')
		to[n++] = '\\';
	for (; *path && n < PATH_MAX - 1; path++)
		to[n++] = *path == '/' ? '\\' : (uint8_t)*path;
	to[n] = 0;
}

static EFI_STATUS open_on(EFI_FILE_HANDLE root, const CHAR16 *name, EFI_FILE_HANDLE *file,
			  uint64_t *size)
{
	EFI_STATUS status = root->Open(root, file, (CHAR16 *)name, EFI_FILE_MODE_READ, 0);

	root->Close(root);
	/* A position behind everything is the end; asking where it is gives the size. */
	if (status == EFI_SUCCESS && ((*file)->SetPosition(*file, UINT64_MAX) != EFI_SUCCESS ||
				      (*file)->GetPosition(*file, size) != EFI_SUCCESS))
		status = EFI_DEVICE_ERROR;
	return status;
}

static EFI_FILE_HANDLE open_file(const char *path, uint64_t *size)
{
	EFI_FILE_HANDLE root = efi_open_volume(), file;
	CHAR16 name[PATH_MAX];
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

/* A kernel gets the room behind itself that it needs to start where it was read; how much,
 * its first bytes say. */
static struct blob load_kernel(const char *path)
{
	static struct kernel kernel;
	uint64_t size = 0, at;
	EFI_FILE_HANDLE file = open_file(path, &size);

	at = efi_pages(size, FOUR_GIB, path);
	read_at(file, path, at, size < HEAD ? size : HEAD);
	if (kernel_kind(span_at(at, size)) != KERNEL_NONE)
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

static struct blob load_file(const char *path)
{
	uint64_t size = 0;
	EFI_FILE_HANDLE file = open_file(path, &size);

	return read_all(file, path, size);
}

/* Kernels that come as files of their own have no signature that anybody has checked. */
static void refuse_unsigned(const struct handoff *h, const char *path)
{
	if (handoff_secure_boot(h))
		die(E_SECURE_BOOT, "Secure Boot: %s is not signed with the image", path);
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

/* ---- load options */

/* UTF-16 becomes UTF-8, up to a control character: what begins with one is no text. */
static void to_utf8(char *to, struct span options)
{
	uint64_t n = 0;

	for (uint64_t at = 0; rd16(options, at) >= ' ' && n + 4 < CMDLINE_MAX; at += 2) {
		uint16_t c = rd16(options, at);

		if (c < 0x80) {
			to[n++] = (char)c;
		} else if (c < 0x800) {
			to[n++] = (char)(0xc0 | c >> 6);
			to[n++] = (char)(0x80 | (c & 0x3f));
		} else {
			to[n++] = (char)(0xe0 | c >> 12);
			to[n++] = (char)(0x80 | (c >> 6 & 0x3f));
			to[n++] = (char)(0x80 | (c & 0x3f));
		}
	}
	to[n] = '\0';
}

struct span efi_media_node(const EFI_DEVICE_PATH *path, uint8_t subtype)
{
	struct span node = { (const uint8_t *)path, 4 }, found = { 0 };

	for (; path && rd8(node, 0) != END_DEVICE_PATH_TYPE && rd16(node, 2) >= 4;
	     node.p += rd16(node, 2))
		if (rd8(node, 0) == MEDIA_DEVICE_PATH && rd8(node, 1) == subtype)
			found = (struct span){ node.p, rd16(node, 2) };
	return found;
}

/* The file in a device path, UTF-16; empty where there is none. */
static struct span file_path(const EFI_DEVICE_PATH *path)
{
	return span_from(efi_media_node(path, MEDIA_FILEPATH_DP), 4);
}

static struct span file_name(struct span path)
{
	uint64_t base = 0;

	for (uint64_t at = 0; rd16(path, at); at += 2)
		if (rd16(path, at) == '\\' || rd16(path, at) == '/')
			base = at + 2;
	return span_from(path, base);
}

/* The UEFI shell and iPXE put the program's name first. */
static bool is_own_name(const EFI_LOADED_IMAGE *li, struct span word)
{
	EFI_GUID guid = SHELL_PARAMETERS_GUID;
	struct span name = file_name(file_path(li->FilePath));
	void *interface;

	if (efi.bs->HandleProtocol(efi.image, &guid, &interface) == EFI_SUCCESS)
		return true;
	for (uint64_t at = 0; at < word.len; at += 2)
		if (rd16(name, at) != rd16(word, at))
			return false;
	return !rd16(name, word.len);
}

static struct span skip_blanks(struct span options)
{
	uint64_t at = 0;

	while (rd16(options, at) == ' ')
		at += 2;
	return span_from(options, at);
}

struct span efi_options(void)
{
	const EFI_LOADED_IMAGE *li = efi_loaded_image();
	struct span options = { li->LoadOptions, li->LoadOptions ? li->LoadOptionsSize : 0 };
	uint64_t n = 0;

	options = skip_blanks(options);
	while (rd16(options, n) > ' ')
		n += 2;
	if (n && is_own_name(li, span_sub(options, 0, n)))
		options = skip_blanks(span_from(options, n));
	return options;
}

static bool option(const char *word, const char *key, char *value)
{
	size_t n = strlen(key), i = 0;

	if (memcmp(word, key, n))
		return false;
	for (word += n; *word && *word != ' ' && i < PATH_MAX - 1; word++)
		value[i++] = *word;
	value[i] = '\0';
	return true;
}

/* One word: a file to be loaded, or for the kernel. */
static void take_word(struct handoff *h, const char *word, size_t len, bool want_initrd)
{
	char path[PATH_MAX];

	if (!h->kernel.size && option(word, "linux=", path)) {
		refuse_unsigned(h, path);
		if (!handoff_kernel(h, load_kernel(path)))
			die(E_NO_KERNEL, "no kernel: %s is neither a kernel nor a UKI", path);
	} else if (option(word, "initrd=", path)) {
		if (want_initrd && handoff_wants_initrd(h))
			handoff_initrd(h, load_file(path));
	} else {
		handoff_cmdline(h, (struct span){ (const uint8_t *)word, len });
	}
}

void efi_load_options(struct handoff *h)
{
	static char line[CMDLINE_MAX + 1];
	bool offered = efi_load_initrd(h);
	const char *word = line, *end;

	efi_bli_image(file_path(efi_loaded_image()->FilePath));
	to_utf8(line, efi_options());
	/* A signed image with a command line of its own takes no other, and no file it names. */
	if (h->bundled_cmdline.len && handoff_secure_boot(h)) {
		handoff_cmdline(h, (struct span){ (const uint8_t *)line, sizeof(line) });
		return;
	}
	for (;; word = end) {
		while (*word == ' ')
			word++;
		if (!*word)
			return;
		for (end = word; *end && *end != ' ';)
			end++;
		take_word(h, word, (size_t)(end - word), !offered);
	}
}
