// SPDX-License-Identifier: BSD-2-Clause
/*
 * Opening a UKI: a PE file whose sections .linux, .ucode, .initrd and .cmdline are what is
 * to be booted (UAPI.5 Unified Kernel Image).  Called for our own image and for any module
 * that is a UKI.  Pure C for any world; reads the file's bytes.
 */
#include "protocol/bundle.h"

#include "protocol/formats.h"
#include "protocol/handoff.h"
#include "protocol/lib.h"
#include "protocol/say.h"

#define PROFILE ".profile"

struct bundle bundle_of(struct span file)
{
	struct pe pe;

	pe_open(&pe, file);
	return (struct bundle){ .table = pe.sections, .size = file.len };
}

bool bundle_is_signed(struct span f)
{
	struct pe pe;

	return pe_open(&pe, f) && pe.signature_size;
}

struct blob bundle_section(const struct bundle *b, uint32_t i, char name[BUNDLE_NAME])
{
	struct span s = span_sub(b->table, i * sizeof(struct pe_section),
				 sizeof(struct pe_section));
	uint32_t size = RD32(s, 0, struct pe_section, VirtualSize);
	uint32_t raw = RD32(s, 0, struct pe_section, SizeOfRawData);
	uint32_t at = b->loaded ? RD32(s, 0, struct pe_section, VirtualAddress) :
				  RD32(s, 0, struct pe_section, PointerToRawData);

	for (uint32_t n = 0; n < BUNDLE_NAME; n++)
		name[n] = n < BUNDLE_NAME - 1 ? (char)rd8(s, n) : '\0';
	return (struct blob){ at, size && size < raw ? size : raw };
}

uint32_t bundle_sections(const struct bundle *b)
{
	return (uint32_t)(b->table.len / sizeof(struct pe_section));
}

/* The first section with this name from number @i on, up to @end; @end for none. */
static uint32_t find_from(const struct bundle *b, uint32_t i, uint32_t end, const char *name)
{
	char found[BUNDLE_NAME];

	for (; i < end; i++) {
		bundle_section(b, i, found);
		if (!memcmp(found, name, strlen(name) + 1))
			break;
	}
	return i;
}

/* What stands before the first .profile belongs to all profiles. */
static uint32_t common_end(const struct bundle *b)
{
	return find_from(b, 0, bundle_sections(b), PROFILE);
}

uint32_t bundle_end(const struct bundle *b)
{
	uint32_t all = bundle_sections(b), first = common_end(b);

	return first < all ? find_from(b, first + 1, all, PROFILE) : all;
}

struct blob bundle_find(const struct bundle *b, const char *name)
{
	uint32_t common = common_end(b), end = bundle_end(b);
	uint32_t i = find_from(b, common, end, name);
	char found[BUNDLE_NAME];

	if (i < end)
		return bundle_section(b, i, found);
	i = find_from(b, 0, common, name);
	return i < common ? bundle_section(b, i, found) : (struct blob){ 0 };
}

bool bundle_is_uki(const struct bundle *b)
{
	return bundle_find(b, ".linux").size != 0;
}

static bool is_inside(const struct bundle *b, struct blob s)
{
	return s.size <= b->size && s.base <= b->size - s.size;
}

bool bundle_is_whole(const struct bundle *b)
{
	static const char names[][BUNDLE_NAME] = { ".linux", ".ucode", ".initrd", ".cmdline" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!is_inside(b, bundle_find(b, names[i])))
			return false;
	return true;
}

struct blob bundle_place(const struct bundle *b, uint64_t base, const char *name)
{
	struct blob s = bundle_find(b, name);

	if (!is_inside(b, s))
		die(E_BUNDLE, "UKI section %s ends at %" X64 ", the file at %" X64, name,
		    s.base + s.size, b->size);
	s.base += base;
	return s;
}

void bundle_open(const struct bundle *b, uint64_t base, struct handoff *h)
{
	struct blob cmdline = bundle_place(b, base, ".cmdline");
	struct blob asked = bundle_place(b, base, ".lintel");

	h->uki = *b;
	h->uki_base = base;
	seal_read(&h->seal, span_at(asked.base, asked.size));
	h->kernel = bundle_place(b, base, ".linux");
	/* The kernel looks for microcode only where the initrd begins. */
	handoff_initrd(h, bundle_place(b, base, ".ucode"));
	handoff_initrd(h, bundle_place(b, base, ".initrd"));
	if (cmdline.size && !h->bundled_cmdline.len)
		h->bundled_cmdline = span_at(cmdline.base, cmdline.size);
}
