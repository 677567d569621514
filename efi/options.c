// SPDX-License-Identifier: BSD-2-Clause
/*
 * Load options: the text that a boot manager, the UEFI shell or efibootmgr gives with the
 * image.  It is the kernel's command line, except for options that name files for Lintel.
 * The firmware's mode; boot services alive.
 */
#include "efi/efi.h"
#include "protocol/cmdline.h"
#include "protocol/lib.h"
#include "protocol/say.h"
#include "protocol/text.h"

#define SHELL_PARAMETERS_GUID                                          \
	{                                                              \
		0x752f3136, 0x4e16, 0x4fdc,                            \
		{                                                      \
			0xa2, 0x2a, 0xe5, 0xf4, 0x68, 0x12, 0xf4, 0xca \
		}                                                      \
	}

/* The name after the last slash or backslash of a path. */
static const char *file_name(const char *path)
{
	const char *name = path;

	for (; *path; path++)
		if (*path == '\\' || *path == '/')
			name = path + 1;
	return name;
}

/* The UEFI shell and iPXE put the program's name first. */
static bool is_own_name(const EFI_LOADED_IMAGE *li, const char *word, size_t len)
{
	EFI_GUID guid = SHELL_PARAMETERS_GUID;
	char path[EFI_PATH_MAX];
	const char *name;
	void *interface;

	if (efi.bs->HandleProtocol(efi.image, &guid, &interface) == EFI_SUCCESS)
		return true;
	if (text_from_utf16(path, sizeof(path), path_file(li->FilePath)) >= sizeof(path))
		return false;
	name = file_name(path);
	return strlen(name) == len && !memcmp(name, word, len);
}

const char *efi_options(void)
{
	static char line[CMDLINE_MAX + 1];
	const EFI_LOADED_IMAGE *li = efi_loaded_image();
	struct span options = { li->LoadOptions, li->LoadOptions ? li->LoadOptionsSize : 0 };
	size_t n = text_from_options(line, sizeof(line), options);
	const char *word = cmdline_skip_blanks(line);
	size_t len = cmdline_word(word);

	if (n >= sizeof(line))
		die(E_CMDLINE, "the load options have %" U64 " bytes, at most %u fit", (uint64_t)n,
		    CMDLINE_MAX);
	return len && is_own_name(li, word, len) ? cmdline_skip_blanks(word + len) : word;
}

/* The value of an option KEY=VALUE, without quotation marks; false for any other option. */
static bool option(const char *word, size_t len, const char *key, char *value)
{
	const char *end = word + len;
	size_t n = 0;

	if (*word == '"')
		word++;
	for (; *key; key++)
		if (*word++ != *key)
			return false;
	for (; word < end; word++) {
		if (*word == '"')
			continue;
		if (n == EFI_PATH_MAX - 1)
			die(E_CMDLINE, "a file's name in the load options has more than %u bytes",
			    EFI_PATH_MAX - 1);
		value[n++] = *word;
	}
	value[n] = '\0';
	return true;
}

/* Take one option: it names a file to be loaded, or it is for the kernel. */
static void take_word(struct handoff *h, const char *word, size_t len, bool want_initrd)
{
	char path[EFI_PATH_MAX];

	if (!h->kernel.size && option(word, len, "linux=", path)) {
		if (!handoff_kernel(h, efi_load_kernel(h, path)))
			die(E_NO_KERNEL, "no kernel: %s is neither a kernel nor a UKI", path);
	} else if (option(word, len, "initrd=", path)) {
		if (want_initrd && handoff_wants_initrd(h))
			handoff_initrd(h, efi_load_file(path));
	} else {
		handoff_cmdline(h, (struct span){ (const uint8_t *)word, len });
	}
}

void efi_load_options(struct handoff *h)
{
	bool offered = efi_load_initrd(h);
	const char *word = efi_options();
	size_t len;

	efi_bli_image(path_file(efi_loaded_image()->FilePath));
	/* A signed image with its own command line keeps it, and loads no file that options
	 * name. */
	if (handoff_keeps_line(h)) {
		handoff_cmdline(h, (struct span){ (const uint8_t *)word, strlen(word) });
		return;
	}
	for (; *word; word = cmdline_skip_blanks(word + len)) {
		len = cmdline_word(word);
		take_word(h, word, len, !offered);
	}
}
