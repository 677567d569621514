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

static struct span table_of(struct span f)
{
	uint64_t n = rd32(f, BUNDLE_OFFSET + BUNDLE_SECTIONS);

	if (bundle_table(f).len)
		return bundle_table(f);
	if (!uki_is_ours(f))
		return span_sub(f, 0, 0);
	return span_sub(f, BUNDLE_OFFSET + BUNDLE_TABLE, n * BUNDLE_ENTRY);
}

static struct section read_section(struct span table, uint64_t at)
{
	uint32_t size = RD32(table, at, struct pe_section, VirtualSize);
	uint32_t raw = RD32(table, at, struct pe_section, SizeOfRawData);
	struct section s = {
		.offset = RD32(table, at, struct pe_section, PointerToRawData),
		.size = size && size < raw ? size : raw,
		.flags = RD32(table, at, struct pe_section, Characteristics),
	};

	memcpy(s.name, table.p + at, 8);
	return s;
}

void uki_read(struct uki *u, const struct file *f, struct span bytes)
{
	struct span table = table_of(bytes);

	u->file = f;
	u->bytes = bytes;
	u->sections = (uint32_t)(table.len / sizeof(struct pe_section));
	u->section = allocate(u->sections * sizeof(*u->section));
	for (uint32_t i = 0; i < u->sections; i++)
		u->section[i] = read_section(table, i * sizeof(struct pe_section));
}

static const struct section *find(const struct uki *u, const char *name)
{
	for (uint32_t i = 0; i < u->sections; i++)
		if (!strcmp(u->section[i].name, name))
			return &u->section[i];
	return NULL;
}

struct span uki_section(const struct uki *u, const char *name)
{
	const struct section *s = find(u, name);

	return s ? span_sub(u->bytes, s->offset, s->size) : span_sub(u->bytes, 0, 0);
}

const struct file *uki_part(const struct uki *u, const char *name)
{
	const struct section *s = u->file ? find(u, name) : NULL;

	if (!s || !s->size)
		return NULL;
	return file_part(u->file, s->offset, s->size,
			 joined(joined(u->file->path, ": section "), name));
}

/* A UKI of several profiles has a section more than once, and the user means one of them. */
static void check_once(const struct uki *u, uint32_t i)
{
	if (find(u, u->section[i].name) != &u->section[i])
		reject(u->file->path,
		       "has several %s sections, as a UKI of several profiles has: extract those "
		       "that you want with `objcopy -O binary --only-section=`",
		       u->section[i].name);
}

/* A section that is not taken over is either known to be useless, or reported. */
static void check_section(const struct uki *u, uint32_t i)
{
	const struct section *s = &u->section[i];
	const char *name = s->name;

	if (!span_has(u->bytes, s->offset, s->size))
		reject(u->file->path,
		       "is cut off: section %s ends at 0x%llx, the file at 0x%zx: fetch it again",
		       name, (unsigned long long)(s->offset + s->size), u->bytes.len);
	if (is_among(name, taken, sizeof(taken) / sizeof(taken[0])))
		check_once(u, i);
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
	if (!find(u, ".linux") || !find(u, ".linux")->size)
		reject(path, "is no Unified Kernel Image: it has no .linux section: give a kernel "
			     "with --linux");
	for (uint32_t i = 0; i < u->sections; i++)
		check_section(u, i);
}
