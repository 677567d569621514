// SPDX-License-Identifier: BSD-2-Clause
/*
 * Load options: the text that a boot manager, the UEFI shell or efibootmgr gives with the
 * image.  It is the kernel's command line, but for the words that name files for Lintel.
 * The firmware's mode; boot services alive.
 */
#include "efi/efi.h"
#include "protocol/lib.h"
#include "protocol/say.h"

#define SHELL_PARAMETERS_GUID                                          \
	{                                                              \
		0x752f3136, 0x4e16, 0x4fdc,                            \
		{                                                      \
			0xa2, 0x2a, 0xe5, 0xf4, 0x68, 0x12, 0xf4, 0xca \
		}                                                      \
	}

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

/* What follows the last slash of a path, in UTF-16. */
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
	struct span name = file_name(path_file(li->FilePath));
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
	for (word += n; *word && *word != ' ' && i < EFI_PATH_MAX - 1; word++)
		value[i++] = *word;
	value[i] = '\0';
	return true;
}

/* One word of the options: it names a file to be loaded, or it is for the kernel. */
static void take_word(struct handoff *h, const char *word, size_t len, bool want_initrd)
{
	char path[EFI_PATH_MAX];

	if (!h->kernel.size && option(word, "linux=", path)) {
		if (!handoff_kernel(h, efi_load_kernel(h, path)))
			die(E_NO_KERNEL, "no kernel: %s is neither a kernel nor a UKI", path);
	} else if (option(word, "initrd=", path)) {
		if (want_initrd && handoff_wants_initrd(h))
			handoff_initrd(h, efi_load_file(path));
	} else {
		handoff_cmdline(h, (struct span){ (const uint8_t *)word, len });
	}
}

void efi_load_options(struct handoff *h)
{
	static char line[CMDLINE_MAX + 1];
	bool offered = efi_load_initrd(h);
	const char *word = line, *end;

	efi_bli_image(path_file(efi_loaded_image()->FilePath));
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
