// SPDX-License-Identifier: BSD-2-Clause
/*
 * A medium that starts on both kinds of UEFI carries kernel and initrd once, in the image
 * for 64-bit firmware: the newest \EFI\Linux\NAME.efi, else \EFI\BOOT\BOOTX64.EFI beside
 * \EFI\BOOT\BOOTIA32.EFI.  32-bit firmware cannot start these files, so they are opened.
 * Called by door.c where no kernel was given.  Boot services alive.
 */
#include "efi/ia32/neighbour.h"

#include "efi/efi.h"
#include "protocol/bundle.h"
#include "protocol/say.h"

/* The image's own path on its volume; a device path may split it over several nodes. */
static size_t own_path(CHAR16 *to)
{
	struct span rest = path_at(efi_loaded_image()->FilePath), node;
	size_t n = 0;

	while (path_next(&rest, &node)) {
		struct span name = span_from(node, PATH_NODE_HEAD);

		if (!path_is(node, MEDIA_DEVICE_PATH, MEDIA_FILEPATH_DP))
			continue;
		if (n && n < EFI_PATH_MAX - 1 && to[n - 1] != '\\' && rd16(name, 0) != '\\')
			to[n++] = '\\';
		for (uint64_t at = 0; rd16(name, at) && n < EFI_PATH_MAX - 1; at += 2)
			to[n++] = rd16(name, at);
	}
	to[n] = 0;
	return n;
}

static bool is_ia32(const CHAR16 *name)
{
	return (name[0] | 0x20) == 'i' && (name[1] | 0x20) == 'a' && name[2] == '3' &&
	       name[3] == '2';
}

/* Change IA32 in the file's name to X64; false where it is not there. */
static bool rename_ia32(CHAR16 *path, size_t n)
{
	while (n-- > 0 && path[n] != '\\') {
		if (!is_ia32(path + n))
			continue;
		path[n] = path[n] == 'i' ? 'x' : 'X';
		path[n + 1] = '6';
		path[n + 2] = '4';
		for (n += 3; path[n]; n++)
			path[n] = path[n + 1];
		return true;
	}
	return false;
}

static void readable(char *to, const CHAR16 *path)
{
	for (; *path; path++)
		*to++ = (char)(*path < 0x80 ? *path : '?');
	*to = '\0';
}

/* The initrds of the UKI come before those that a boot loader added, as packed ones do. */
static void move_last_to_front(struct handoff *h)
{
	struct blob last = h->initrd[h->initrds - 1];

	for (uint32_t i = h->initrds - 1; i > 0; i--)
		h->initrd[i] = h->initrd[i - 1];
	h->initrd[0] = last;
}

/* False where the file is no UKI, or is cut off. */
static bool open_uki(struct handoff *h, struct blob file)
{
	struct bundle uki = bundle_of(span_at(file.base, file.size));
	uint32_t initrds = h->initrds;

	if (!bundle_is_uki(&uki) || !bundle_is_whole(&uki))
		return false;
	bundle_open(&uki, file.base, h);
	for (uint32_t own = h->initrds - initrds; own; own--)
		move_last_to_front(h);
	return true;
}

void efi_load_newest(struct handoff *h)
{
	struct efi_choice choice = { .name = "" };
	struct blob file;

	while (efi_choose_next(&choice)) {
		if (!efi_load_beside(h, choice.path, choice.name, &file)) {
			efi_pass_over(&choice, "it cannot be opened, or is empty", 0);
			continue;
		}
		if (open_uki(h, file)) {
			efi_say_choice(&choice);
			return;
		}
		efi_pass_over(&choice, "it is no Unified Kernel Image, or cut off", 0);
		efi_free_last();
	}
}

void efi_load_neighbour(struct handoff *h)
{
	CHAR16 path[EFI_PATH_MAX];
	char text[EFI_PATH_MAX];
	struct blob file;

	if (!rename_ia32(path, own_path(path)))
		return;
	readable(text, path);
	if (efi_load_beside(h, path, text, &file) && !open_uki(h, file))
		die(E_NO_KERNEL, "no kernel: %s beside this image is not a UKI", text);
}
