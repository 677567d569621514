// SPDX-License-Identifier: BSD-2-Clause
/*
 * A bare Lintel without a kernel starts the newest \EFI\Linux\NAME.efi of its own volume,
 * as the boot loader for the BIOS does (bios/boot/choose.c).  The firmware loads the file,
 * so the firmware does Secure Boot's checks.  Boot services alive.
 */
#include "efi/efi.h"
#include "protocol/bundle.h"
#include "protocol/lib.h"
#include "protocol/say.h"
#include "protocol/text.h"

#define DIRECTORY L"\\EFI\\Linux\\"
#define DIRECTORY_LENGTH (sizeof(DIRECTORY) / sizeof(CHAR16) - 1)
/* What the firmware says about a file: 80 bytes, then its name. */
#define INFO_SIZE 1024

/* ---- which one */

static EFI_FILE_HANDLE open_directory(void)
{
	EFI_FILE_HANDLE root = efi_open_volume(), directory;
	EFI_STATUS status;

	if (!root)
		return NULL;
	status = root->Open(root, &directory, (CHAR16 *)DIRECTORY, EFI_FILE_MODE_READ, 0);
	root->Close(root);
	return status == EFI_SUCCESS ? directory : NULL;
}

static void take_name(struct efi_choice *c, struct span name)
{
	size_t n = 0;

	memcpy(c->path, DIRECTORY, sizeof(DIRECTORY));
	for (; rd16(name, 2 * n) && n < VERSION_NAME_MAX; n++) {
		uint16_t letter = rd16(name, 2 * n);

		c->path[DIRECTORY_LENGTH + n] = letter;
		c->name[n] = (char)(letter < 0x7f ? letter : '?');
	}
	c->path[DIRECTORY_LENGTH + n] = 0;
	c->name[n] = '\0';
}

/* Read the next file whose name is that of an image; false after the last one. */
static bool read_entry(EFI_FILE_HANDLE directory, struct efi_choice *c)
{
	static union {
		EFI_FILE_INFO info;
		uint8_t bytes[INFO_SIZE];
	} entry;
	UINTN size;

	do {
		size = sizeof(entry);
		if (directory->Read(directory, &size, &entry) != EFI_SUCCESS || !size)
			return false;
		take_name(c, span_from((struct span){ entry.bytes, size },
				       offsetof(EFI_FILE_INFO, FileName)));
	} while (entry.info.Attribute & EFI_FILE_DIRECTORY || !version_is_image(c->name));
	return true;
}

bool efi_choose_next(struct efi_choice *last)
{
	EFI_FILE_HANDLE directory = open_directory();
	struct efi_choice entry, best = { .name = "" };

	if (!directory)
		return false;
	while (read_entry(directory, &entry))
		if ((!last->name[0] || version_compare_images(entry.name, last->name) < 0) &&
		    (!best.name[0] || version_compare_images(entry.name, best.name) > 0))
			best = entry;
	directory->Close(directory);
	*last = best;
	return best.name[0] != '\0';
}

void efi_say_choice(const struct efi_choice *c)
{
	say("lintel: starting EFI/Linux/%s\n", c->name);
}

void efi_pass_over(const struct efi_choice *c, const char *why, uint64_t status)
{
	say("lintel: EFI/Linux/%s is passed over: %s", c->name, why);
	if (status)
		say(", status %" X64, status);
	say("\n");
}

/* ---- starting it */

static size_t nodes_length(const EFI_DEVICE_PATH *path)
{
	struct span rest = path_at(path), node;
	size_t length = 0;

	while (path_next(&rest, &node))
		length += node.len;
	return length;
}

static uint8_t *put_node(uint8_t *to, uint8_t type, uint8_t subtype, const void *data, size_t size)
{
	size_t length = PATH_NODE_HEAD + size;

	to[0] = type;
	to[1] = subtype;
	to[2] = (uint8_t)length;
	to[3] = (uint8_t)(length >> 8);
	memcpy(to + PATH_NODE_HEAD, data, size);
	return to + length;
}

static size_t text_size(const CHAR16 *text)
{
	size_t n = 0;

	while (text[n++])
		;
	return n * sizeof(CHAR16);
}

/* The path of the volume and then that of the file, so that the image can find its volume. */
static EFI_DEVICE_PATH *full_path(const struct efi_choice *c)
{
	EFI_GUID guid = DEVICE_PATH_PROTOCOL;
	EFI_DEVICE_PATH *volume;
	size_t size = text_size(c->path), length;
	uint64_t at;
	uint8_t *p;

	if (efi.bs->HandleProtocol(efi_loaded_image()->DeviceHandle, &guid, (void **)&volume) !=
	    EFI_SUCCESS)
		return NULL;
	length = nodes_length(volume);
	at = efi_pages(length + PATH_NODE_HEAD + size + PATH_NODE_HEAD, UINT32_MAX,
		       "a device path");
	p = memcpy((void *)(uintptr_t)at, volume, length);
	p = put_node(p + length, MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP, c->path, size);
	put_node(p, END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, p, 0);
	return (EFI_DEVICE_PATH *)(uintptr_t)at;
}

static const char *reason(EFI_STATUS status)
{
	if (status == EFI_ACCESS_DENIED || status == EFI_SECURITY_VIOLATION)
		return "Secure Boot does not trust it";
	if (status == EFI_OUT_OF_RESOURCES)
		return "there is not enough memory for it";
	return "it is damaged, or for another machine";
}

/* NULL where the firmware does not load it. */
static EFI_HANDLE load(const struct efi_choice *c)
{
	EFI_DEVICE_PATH *path = full_path(c);
	EFI_HANDLE image = NULL;
	EFI_STATUS status;

	if (!path) {
		efi_pass_over(c, "nobody says what volume it is on", 0);
		return NULL;
	}
	status = efi.bs->LoadImage(FALSE, efi.image, path, NULL, 0, &image);
	efi_free_last();
	if (status == EFI_SUCCESS)
		return image;
	efi_pass_over(c, reason(status), status);
	/* On EFI_SECURITY_VIOLATION the image is loaded all the same, so it must be unloaded. */
	if (image)
		efi.bs->UnloadImage(image);
	return NULL;
}

/* Our own load options for the image that we start, in memory that outlives this function. */
static void pass_options(EFI_LOADED_IMAGE *li)
{
	const char *text = efi_options();
	size_t size = strlen(text) + 1;
	void *options;

	if (!*text ||
	    efi.bs->AllocatePool(EfiLoaderData, size * sizeof(CHAR16), &options) != EFI_SUCCESS)
		return;
	li->LoadOptions = options;
	/* A character of UTF-8 has at least as many bytes as it has units of UTF-16. */
	li->LoadOptionsSize = (UINT32)((text_to_utf16(options, size, text) + 1) * sizeof(CHAR16));
}

/* False where it has no kernel: it may be a bare Lintel, even this one, which would choose
 * once more, without end. */
static bool prepare(EFI_HANDLE image)
{
	EFI_GUID guid = LOADED_IMAGE_PROTOCOL;
	EFI_LOADED_IMAGE *li;
	struct bundle uki;

	if (efi.bs->HandleProtocol(image, &guid, (void **)&li) != EFI_SUCCESS)
		return false;
	uki = bundle_of(span_at((uintptr_t)li->ImageBase, li->ImageSize));
	if (!bundle_is_uki(&uki))
		return false;
	pass_options(li);
	return true;
}

/* Returns only if the image did not start, or ended with an error. */
static void start(const struct efi_choice *c, EFI_HANDLE image)
{
	EFI_STATUS status;

	if (!prepare(image)) {
		efi_pass_over(c, "it is no Unified Kernel Image", 0);
		efi.bs->UnloadImage(image);
		return;
	}
	/* The image reads the files that it needs itself, so ours need not stay. */
	efi_free_all();
	efi_say_choice(c);
	status = efi.bs->StartImage(image, NULL, NULL);
	if (status == EFI_SUCCESS)
		efi.bs->Exit(efi.image, EFI_SUCCESS, 0, NULL);
	/* Some firmware notices only in StartImage() that the file is for another machine. */
	efi_pass_over(c, status == EFI_UNSUPPORTED ? reason(status) : "it came back", status);
}

void efi_choose(void)
{
	struct efi_choice choice = { .name = "" };

	while (efi_choose_next(&choice)) {
		EFI_HANDLE image = load(&choice);

		if (image)
			start(&choice, image);
	}
}
