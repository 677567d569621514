// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads the bare image and refuses any other file: pack.c relies on what is checked here.
 * Called by `lintel build` first.
 */
#include "iso/build/bare.h"

#include <string.h>
#include <lintel/linux.h>

#include "iso/allocate.h"
#include "iso/build/pack.h"
#include "iso/file.h"
#include "iso/reject.h"
#include "iso/uki.h"
#include "protocol/formats.h"
#include "protocol/number.h"
#include "shim/face/layout.h"

/* A bare image is far smaller; a larger file is not one. */
#define BASE_SIZE_MAX (16 * MIB)

/**
 * struct promise - what layout.h says of a bare image: a field of 1, 2 or 4 bytes
 */
struct promise {
	size_t offset, bytes;
	uint32_t value;
	char what[24];
};

#define HEADER(field) PE_OFFSET + offsetof(struct pe_header, field)
#define OPTIONAL(field) OPTIONAL_OFFSET + offsetof(struct pe_optional_header64, field)
#define OPTIONAL32(field) OPTIONAL_OFFSET + offsetof(struct pe_optional_header32, field)
#define SETUP(field) LINUX_SETUP_HEADER + offsetof(struct setup_header, field)

static const struct promise every_image[] = {
	{ 0, 2, MZ_MAGIC, "MZ" },
	{ MZ_E_LFANEW, 4, PE_OFFSET, "e_lfanew" },
	{ PE_OFFSET, 4, PE_MAGIC, "PE signature" },
	{ OPTIONAL(SectionAlignment), 4, PAGE, "SectionAlignment" },
	{ OPTIONAL(FileAlignment), 4, PAGE, "FileAlignment" },
	{ 0 },
};

static const struct promise universal_image[] = {
	{ HEADER(SizeOfOptionalHeader), 2, sizeof(struct pe_optional_header64),
	  "SizeOfOptionalHeader" },
	{ OPTIONAL(Magic), 2, PE_MAGIC64, "Magic" },
	{ OPTIONAL(NumberOfRvaAndSizes), 4, 16, "NumberOfRvaAndSizes" },
	{ SETUP(header), 4, LINUX_HDRS, "HdrS" },
	{ SETUP(setup_sects), 1, PM_OFFSET / LINUX_SECTOR - 1, "setup_sects" },
	{ SETUP(payload_offset), 4, ELF_VIEW_OFFSET - PM_OFFSET, "payload_offset" },
	{ 0 },
};

static const struct promise ia32_image[] = {
	{ HEADER(Machine), 2, PE_MACHINE_I386, "Machine" },
	{ HEADER(SizeOfOptionalHeader), 2, sizeof(struct pe_optional_header32),
	  "SizeOfOptionalHeader" },
	{ OPTIONAL32(NumberOfRvaAndSizes), 4, 16, "NumberOfRvaAndSizes" },
	{ 0 },
};

#undef HEADER
#undef OPTIONAL
#undef OPTIONAL32
#undef SETUP

/* A field with another value ends the build. */
static void check_promises(const struct pack *im, const struct promise *p)
{
	struct span s = pack_base(im);

	for (; p->bytes; p++) {
		uint32_t found = p->bytes == 4 ? rd32(s, p->offset) :
				 p->bytes == 2 ? rd16(s, p->offset) :
						 rd8(s, p->offset);

		if (found != p->value)
			reject(im->path,
			       "is no bare lintel.efi: %s at offset 0x%zx is 0x%x, expected 0x%x: "
			       "give one with --stub",
			       p->what, p->offset, found, p->value);
	}
}

static void check_layout(const struct pack *im)
{
	check_promises(im, every_image);
	check_promises(im, im->ia32 ? ia32_image : universal_image);
	if (!uki_is_ours(pack_base(im)))
		reject(im->path,
		       "is no bare lintel.efi: no \"%s\" at offset 0x%x: give one with --stub",
		       BUNDLE_MAGIC, BUNDLE_OFFSET);
}

static void check_section(const struct pack *im, uint32_t i)
{
	const struct span s = { pack_section(im, i), sizeof(struct pe_section) };
	uint64_t at = RD32(s, 0, struct pe_section, VirtualAddress);
	uint32_t file_at = RD32(s, 0, struct pe_section, PointerToRawData);
	uint64_t size = RD32(s, 0, struct pe_section, VirtualSize);
	uint64_t file_size = RD32(s, 0, struct pe_section, SizeOfRawData);

	if (!memcmp(s.p, ".linux\0", 8))
		reject(im->path, "is already packed, it has a .linux section: "
				 "give the bare lintel.efi with --stub");
	if (at != file_at || at + size > im->base_size || at + file_size > im->base_size)
		reject(im->path,
		       "is no bare lintel.efi: section %.8s has RVA 0x%llx, file offset 0x%x, "
		       "sizes 0x%llx and 0x%llx: they must be one and lie in the file",
		       (const char *)s.p, (unsigned long long)at, file_at, (unsigned long long)size,
		       (unsigned long long)file_size);
}

static void check_signature(const struct pack *im)
{
	struct pe pe;

	if (pe_open(&pe, pack_base(im)) && (pe.signature || pe.signature_size))
		reject(im->path, "is signed (data directory 4 is not empty): "
				 "give an unsigned one, sign what was built");
}

static void check_bare(const struct pack *im)
{
	uint32_t n = pack_sections(im);

	check_layout(im);
	if (n > PE_SECTIONS_MAX)
		reject(im->path, "is no bare lintel.efi: %u sections, at most %u fit", n,
		       PE_SECTIONS_MAX);
	for (uint32_t i = 0; i < n; i++)
		check_section(im, i);
	if (!pack_has(im, ".sbat"))
		reject(im->path, "is no bare lintel.efi: it has no .sbat section: "
				 "give one with --stub");
	check_signature(im);
	if (im->base_size % PAGE)
		reject(im->path, "is no bare lintel.efi: %llu bytes, expected a multiple of %u",
		       (unsigned long long)im->base_size, PAGE);
}

/* "dir/x.efi" -> "dir/x.elf" */
static const char *elf_path_of(const char *path)
{
	size_t n = strlen(path);
	char *elf;

	if (n < 4 || strcmp(path + n - 4, ".efi"))
		reject(path, "does not end in .efi, so there is no name for its ELF face: "
			     "rename it, or leave --elf out");
	elf = allocate(n + 1);
	memcpy(elf, path, n + 1);
	elf[n - 2] = 'l';
	elf[n - 1] = 'f';
	return elf;
}

static void open_elf_face(struct pack *im)
{
	const struct file *f;

	im->elf_path = elf_path_of(im->path);
	f = file_open(im->elf_path);
	im->elf_face = file_load(f, BASE_SIZE_MAX);
	if (f->size != im->base_size ||
	    memcmp(im->elf_face + FACE_SIZE, im->base + FACE_SIZE, im->base_size - FACE_SIZE))
		reject(im->elf_path,
		       "is not the ELF face of %s: they must come from the same build", im->path);
}

void bare_open(struct pack *im, const char *path, bool want_elf)
{
	const struct file *f = file_open(path);

	im->path = path;
	im->base = file_load(f, BASE_SIZE_MAX);
	im->base_size = im->size = f->size;
	im->tail = &im->parts;
	im->ia32 = rd16(pack_base(im), OPTIONAL_OFFSET) == PE_MAGIC32;
	check_bare(im);
	if (want_elf && im->ia32)
		reject(path, "is for 32-bit UEFI and has no ELF face: leave --elf out");
	if (want_elf)
		open_elf_face(im);
}
