// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finds the sections of an image.  PE has a section table; the ELF face of our own
 * images has it in the bundle table (shim/face/layout.h).  Called by `lintel build` and
 * `lintel inspect`.
 */
#include "iso/uki.h"

#include <string.h>

#include "iso/allocate.h"
#include "iso/examine.h"
#include "iso/file.h"
#include "iso/reject.h"
#include "protocol/kernel.h"
#include "protocol/pe.h"
#include "shim/face/layout.h"

/* Code and data of systemd's stub, of Lintel and of other programs; .extra is for Lintel to write
 * to. */
static const char *const programs[] = {
	".text",  ".rodata",  ".data", ".reloc", ".sdmagic", ".dynamic",  ".dynsym", ".dynstr",
	".rela",  ".rel",     ".bss",  ".setup", ".init",    ".eh_frame", ".hash",   ".gnu.hash",
	".extra", ".buildid", ".note", ".rdata", ".pdata",   ".xdata",	  ".idata",  ".edata",
};
/* Sections that `lintel build` has an option for. */
static const char *const optioned[] = {
	".linux",  ".osrel", ".cmdline", ".initrd", ".ucode",
	".splash", ".uname", ".sbat",	 ".lintel",
};

#define IS_AMONG(name, names) is_among(name, names, sizeof(names) / sizeof(names[0]))

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

/* The sections that `lintel build` has packed into an image. */
static struct span bundle_table(struct span f)
{
	uint64_t n = rd32(f, BUNDLE_OFFSET + BUNDLE_SECTIONS);

	if (!uki_is_ours(f))
		return span_sub(f, 0, 0);
	return span_sub(f, BUNDLE_OFFSET + BUNDLE_TABLE, n * BUNDLE_ENTRY);
}

/* The ELF face has no PE header, so there the bundle table counts. */
static struct bundle bundle_in(struct span f)
{
	struct bundle b = bundle_of(f);

	if (!b.table.len)
		b.table = bundle_table(f);
	return b;
}

bool uki_is_added_to(struct span f)
{
	struct bundle all = bundle_of(f), own = { .table = bundle_table(f) };

	return uki_is_ours(f) && bundle_is_uki(&all) && !bundle_is_uki(&own);
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

bool uki_next_other(const struct uki *u, uint32_t *i, char name[BUNDLE_NAME])
{
	while (*i < bundle_end(&u->bundle))
		if (bundle_section(&u->bundle, (*i)++, name).size && !IS_AMONG(name, programs) &&
		    !IS_AMONG(name, optioned))
			return true;
	return false;
}

static void check_section(const struct uki *u, uint32_t i)
{
	char name[BUNDLE_NAME];
	struct blob s = bundle_section(&u->bundle, i, name);

	if (!span_has(u->bytes, s.base, s.size))
		reject(u->file->path,
		       "is cut off: section %s ends at 0x%llx, the file at 0x%zx: fetch it again",
		       name, (unsigned long long)(s.base + s.size), u->bytes.len);
}

/* Whoever gave the file may not know what is left behind, or no longer true. */
static void say_what_changes(const struct uki *u, bool is_signed_anew)
{
	if (bundle_end(&u->bundle) < bundle_sections(&u->bundle))
		notice(u->file->path, "has several profiles: the first one is taken");
	if (bundle_find(&u->bundle, ".pcrsig").size && !is_signed_anew)
		notice(u->file->path,
		       ".pcrsig is kept, but it signs what the file was: where a TPM depends on "
		       "it, sign anew with --pcr-private-key");
}

void uki_open(struct uki *u, const char *path, bool is_signed_anew)
{
	const struct file *f = file_open_any(path);

	uki_read(u, f, examine_file(f));
	if (!bundle_is_uki(&u->bundle))
		reject(f->path,
		       "is no Unified Kernel Image: it has no .linux section: give a kernel "
		       "with --linux");
	for (uint32_t i = 0; i < bundle_end(&u->bundle); i++)
		check_section(u, i);
	say_what_changes(u, is_signed_anew);
}
