// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finds the sections of an image.  PE has a section table; the ELF face of our own
 * images has it in the bundle table (shim/face/layout.h).  Called by `lintel build` and
 * `lintel inspect`.
 */
#include "iso/uki.h"

#include <stdio.h>
#include <string.h>

#include "iso/allocate.h"
#include "iso/examine.h"
#include "iso/file.h"
#include "iso/reject.h"
#include "protocol/kernel.h"
#include "protocol/pe.h"
#include "shim/face/layout.h"

/* Sections that are not taken over: the code of systemd's stub and of Lintel, and what is
 * true of the old file only, like its signature of PCR values. */
static const char *const not_taken[] = {
	".text",   ".rodata",	".data",   ".reloc", ".sdmagic",  ".dynamic",
	".dynsym", ".dynstr",	".rela",   ".rel",   ".bss",	  ".setup",
	".init",   ".eh_frame", ".pcrsig", ".hash",  ".gnu.hash",
};
static const char *const taken[] = {
	".linux",  ".osrel", ".cmdline", ".initrd",  ".ucode",
	".splash", ".uname", ".sbat",	 ".profile", ".pcrpkey",
};

static bool is_among(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strncmp(name, names[i], 8))
			return true;
	return false;
}

bool uki_is_ours(struct span f)
{
	return span_has(f, BUNDLE_OFFSET, BUNDLE_TABLE) &&
	       !memcmp(f.p + BUNDLE_OFFSET, BUNDLE_MAGIC, BUNDLE_SECTIONS);
}

/* The ELF face has no PE header, so there the bundle table counts. */
static struct bundle bundle_in(struct span f)
{
	struct bundle b = bundle_of(f);
	uint64_t n = rd32(f, BUNDLE_OFFSET + BUNDLE_SECTIONS);

	if (!b.table.len && uki_is_ours(f))
		b.table = span_sub(f, BUNDLE_OFFSET + BUNDLE_TABLE, n * BUNDLE_ENTRY);
	return b;
}

void uki_read(struct uki *u, const struct file *f, struct span bytes)
{
	*u = (struct uki){ .file = f, .bytes = bytes, .bundle = bundle_in(bytes) };
}

struct span uki_section(const struct uki *u, const char *name)
{
	struct blob s = bundle_find(&u->bundle, name);

	return span_sub(u->bytes, s.base, s.size);
}

const struct file *uki_part(const struct uki *u, const char *name)
{
	struct blob s = bundle_find(&u->bundle, name);

	if (!s.size)
		return NULL;
	return file_part(u->file, s.base, s.size,
			 joined(joined(u->file->path, ": section "), name));
}

/* A UKI of several profiles has a section more than once, and the user means one of them. */
static void check_once(const struct uki *u, struct blob place, const char *name)
{
	if (bundle_find(&u->bundle, name).base != place.base)
		reject(u->file->path,
		       "has several %s sections, as a UKI of several profiles has: extract those "
		       "that you want with `objcopy -O binary --only-section=`",
		       name);
}

/* A section that is not taken over is either known to be useless, or reported. */
static void check_section(const struct uki *u, uint32_t i)
{
	char name[BUNDLE_NAME];
	struct blob s = bundle_section(&u->bundle, i, name);

	if (!span_has(u->bytes, s.base, s.size))
		reject(u->file->path,
		       "is cut off: section %s ends at 0x%llx, the file at 0x%zx: fetch it again",
		       name, (unsigned long long)(s.base + s.size), u->bytes.len);
	if (is_among(name, taken, sizeof(taken) / sizeof(taken[0])))
		check_once(u, s, name);
	else if (!is_among(name, not_taken, sizeof(not_taken) / sizeof(not_taken[0])))
		fprintf(stderr,
			"lintel: %s: section %s is not taken over: where it is wanted, give it "
			"with --section\n",
			u->file->path, name);
}

void uki_open(struct uki *u, const char *path)
{
	const struct file *f = file_open(path);

	uki_read(u, f, examine_file(f));
	if (!bundle_is_uki(&u->bundle))
		reject(path, "is no Unified Kernel Image: it has no .linux section: give a kernel "
			     "with --linux");
	for (uint32_t i = 0; i < bundle_sections(&u->bundle); i++)
		check_section(u, i);
}
