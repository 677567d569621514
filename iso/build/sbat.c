// SPDX-License-Identifier: BSD-2-Clause
/*
 * Merges SBAT data: who revokes a version of Lintel, of the kernel or of what a UKI was made
 * from must meet every image that has it inside.  The bare image has its own lines in a
 * page of their own, which has room for more.  Called by `lintel build`.
 */
#include "iso/build/sbat.h"

#include <string.h>

#include "iso/put.h"
#include "iso/reject.h"

static const char about_sbat[] = "sbat,";

/* The header of the bare image's section; it has one, or bare.c would have refused it. */
static uint8_t *find_header(const struct pack *im)
{
	static const char name[8] = ".sbat";
	uint32_t i = 0;

	while (memcmp(pack_section(im, i), name, sizeof(name)) != 0)
		i++;
	return pack_section(im, i);
}

/* The line at the beginning of @text, without its end. */
static struct span line_of(struct span text)
{
	const uint8_t *end = memchr(text.p, '\n', text.len);

	return span_sub(text, 0, end ? (size_t)(end - text.p) : text.len);
}

static struct span rest_of(struct span text, struct span line)
{
	return line.len < text.len ? span_from(text, line.len + 1) : span_sub(text, 0, 0);
}

static bool has_line(struct span text, struct span wanted)
{
	while (text.len) {
		struct span line = line_of(text);

		if (line.len == wanted.len && !memcmp(line.p, wanted.p, wanted.len))
			return true;
		text = rest_of(text, line);
	}
	return false;
}

static bool is_about_sbat(struct span line)
{
	return line.len >= sizeof(about_sbat) - 1 &&
	       !memcmp(line.p, about_sbat, sizeof(about_sbat) - 1);
}

static void add_line(const struct pack *im, const char *from, struct span line)
{
	uint8_t *header = find_header(im);
	struct span h = { header, sizeof(struct pe_section) };
	uint32_t size = RD32(h, 0, struct pe_section, VirtualSize);
	uint8_t *text = im->base + RD32(h, 0, struct pe_section, PointerToRawData);

	if (!line.len || is_about_sbat(line) || has_line((struct span){ text, size }, line))
		return;
	if (line.len >= PAGE - size)
		reject(from, "makes more than %u bytes of SBAT data: shorten it", PAGE);
	memcpy(text + size, line.p, line.len);
	text[size + line.len] = '\n';
	PUT32(header, struct pe_section, VirtualSize, size + (uint32_t)line.len + 1);
}

void sbat_add(struct pack *im, const char *from, struct span lines)
{
	while (lines.len) {
		struct span line = line_of(lines);

		add_line(im, from, line);
		lines = rest_of(lines, line);
	}
}
