// SPDX-License-Identifier: BSD-2-Clause
/*
 * Looking into an initrd for files that the kernel needs early.  Called when initrds are
 * put in order, at boot and by `lintel build`.  Pure C for any world; reads the initrd's
 * first bytes.
 */
#include "protocol/cpio.h"

#include "protocol/lib.h"
#include "protocol/number.h"

#define MAGIC_SIZE 6
#define MODE_TYPE 0170000
#define MODE_DIRECTORY 0040000

static uint32_t digit(uint8_t c)
{
	return c <= '9' ? (uint32_t)c - '0' : (c | 0x20u) - 'a' + 10;
}

static uint32_t number(struct span s, uint64_t off)
{
	uint32_t n = 0;

	for (uint64_t i = off; i < off + 8; i++)
		n = n << 4 | digit(rd8(s, i));
	return n;
}

static bool is_hexadecimal(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_header(struct span s)
{
	if (s.len < CPIO_HEADER || memcmp(s.p, CPIO_MAGIC, 5) || (s.p[5] != '1' && s.p[5] != '2'))
		return false;
	for (uint64_t i = MAGIC_SIZE; i < CPIO_HEADER; i++)
		if (!is_hexadecimal(rd8(s, i)))
			return false;
	return true;
}

static bool begins(struct span name, const char *with, size_t len)
{
	return name.len > len && !memcmp(name.p, with, len);
}

/* Entries that may come first: parent directories, and a marker file of dracut's. */
static bool is_on_the_way(struct span name)
{
	static const char names[][24] = { ".",
					  "early_cpio",
					  "kernel",
					  "kernel/x86",
					  "kernel/x86/microcode",
					  "kernel/firmware",
					  "kernel/firmware/acpi" };

	for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (begins(name, names[i], strlen(names[i])) && !name.p[strlen(names[i])])
			return true;
	return false;
}

static bool is_early(struct span name)
{
	static const char microcode[] = "kernel/x86/microcode/", acpi[] = "kernel/firmware/acpi/";

	return (begins(name, microcode, strlen(microcode)) && name.p[strlen(microcode)]) ||
	       (begins(name, acpi, strlen(acpi)) && name.p[strlen(acpi)]);
}

bool cpio_is_early(struct span s)
{
	while (is_header(s)) {
		uint64_t size = number(s, CPIO_NAMESIZE);
		struct span name = span_sub(s, CPIO_HEADER, size);

		if (is_early(name))
			return true;
		if (!is_on_the_way(name))
			return false;
		s = span_from(s, align_up(CPIO_HEADER + size, 4) +
					 align_up(number(s, CPIO_FILESIZE), 4));
	}
	return false;
}

struct span cpio_first_file(struct span s)
{
	while (is_header(s)) {
		uint64_t at = align_up(CPIO_HEADER + number(s, CPIO_NAMESIZE), 4),
			 size = number(s, CPIO_FILESIZE);

		if ((number(s, CPIO_MODE) & MODE_TYPE) != MODE_DIRECTORY)
			return span_sub(s, at, size);
		s = span_from(s, at + align_up(size, 4));
	}
	return span_sub(s, 0, 0);
}
