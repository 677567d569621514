// SPDX-License-Identifier: BSD-2-Clause
/*
 * Appends sections to the bare image and lets every header of both faces tell
 * the truth again.  Called by `lintel build`.
 *
 * One rule makes it short: RVA = file offset, so a section's place is the end of
 * the file, and all headers are functions of the file's size.  The bare image is
 * changed in memory, everything behind it goes through one buffer.
 */
#include "iso/build/image.h"

#include <stdio.h>
#include <string.h>
#include <lintel/linux.h>

#include "bios/boot/sum.h"
#include "protocol/pe.h"
#include "shim/face/layout.h"

/* A bare image is far smaller; a larger file is not one. */
#define BASE_SIZE_MAX (16u << 20)
#define BUFFER_SIZE (1u << 20)
#define PROGRESS_FROM (64u << 20)

#define OPTIONAL_OFFSET (PE_OFFSET + sizeof(struct pe_header))
#define CHECKSUM_OFFSET (OPTIONAL_OFFSET + offsetof(struct pe_optional_header64, CheckSum))

/**
 * struct part - bytes that follow each other in the file
 * @file:  all of this file, or
 * @bytes: these bytes, or zeros where both are NULL
 */
struct part {
	const struct file *file;
	const uint8_t *bytes;
	uint64_t size;
	struct part *next;
};

static struct span base_span(const struct image *im)
{
	return (struct span){ im->base, (size_t)im->base_size };
}

static uint8_t *section_at(const struct image *im, unsigned int i)
{
	size_t table = OPTIONAL_OFFSET + (im->ia32 ? sizeof(struct pe_optional_header32) :
						     sizeof(struct pe_optional_header64));

	return im->base + table + i * sizeof(struct pe_section);
}

static unsigned int section_count(const struct image *im)
{
	return RD16(base_span(im), PE_OFFSET, struct pe_header, NumberOfSections);
}

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
#define SETUP(field) SETUP_HEADER_OFFSET + offsetof(struct setup_header, field)

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

/* A field that says otherwise ends the build. */
static void base_check_promises(const struct image *im, const struct promise *p)
{
	struct span s = base_span(im);

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

static void base_check_layout(const struct image *im)
{
	struct span s = base_span(im);

	base_check_promises(im, every_image);
	base_check_promises(im, im->ia32 ? ia32_image : universal_image);
	if (!span_has(s, BUNDLE_OFFSET, BUNDLE_TABLE) ||
	    memcmp(im->base + BUNDLE_OFFSET, BUNDLE_MAGIC, BUNDLE_SECTIONS))
		reject(im->path,
		       "is no bare lintel.efi: no \"%s\" at offset 0x%x: give one with --stub",
		       BUNDLE_MAGIC, BUNDLE_OFFSET);
}

static void base_check_section(const struct image *im, unsigned int i)
{
	const struct span s = { section_at(im, i), sizeof(struct pe_section) };
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

static void base_check_signature(const struct image *im)
{
	size_t at = im->ia32 ? offsetof(struct pe_optional_header32, DataDirectory) :
			       offsetof(struct pe_optional_header64, DataDirectory);

	if (rd64(base_span(im), OPTIONAL_OFFSET + at + PE_DIRECTORY_SECURITY * sizeof(uint64_t)))
		reject(im->path, "is signed (data directory 4 is not empty): "
				 "give an unsigned one, sign what was built");
}

static void base_check(const struct image *im)
{
	unsigned int n = section_count(im);

	base_check_layout(im);
	if (n > PE_SECTIONS_MAX)
		reject(im->path, "is no bare lintel.efi: %u sections, at most %u fit", n,
		       PE_SECTIONS_MAX);
	for (unsigned int i = 0; i < n; i++)
		base_check_section(im, i);
	base_check_signature(im);
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

static void elf_face_open(struct image *im)
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

void image_open(struct image *im, const char *path, bool want_elf)
{
	const struct file *f = file_open(path);

	im->path = path;
	im->base = file_load(f, BASE_SIZE_MAX);
	im->base_size = im->size = f->size;
	im->tail = &im->parts;
	im->ia32 = rd16(base_span(im), OPTIONAL_OFFSET) == PE_MAGIC32;
	base_check(im);
	if (want_elf && im->ia32)
		reject(path, "is for 32-bit UEFI and has no ELF face: leave --elf out");
	if (want_elf)
		elf_face_open(im);
}

bool image_has(const struct image *im, const char *name)
{
	struct span table = { section_at(im, 0), section_count(im) * sizeof(struct pe_section) };

	for (uint64_t at = 0; at < table.len; at += sizeof(struct pe_section))
		if (!strncmp((const char *)table.p + at, name, 8))
			return true;
	return false;
}

/* The headers of a section that begins where the file ends now. */
static void section_add(struct image *im, const char *name, uint32_t characteristics)
{
	unsigned int n = section_count(im);

	if (n == PE_SECTIONS_MAX)
		reject(im->path, "has %u sections already, there is no place for %s", n, name);
	im->section = section_at(im, n);
	memset(im->section, 0, sizeof(struct pe_section));
	memcpy(im->section, name, strlen(name));
	PUT32(im->section, struct pe_section, VirtualAddress, (uint32_t)im->size);
	PUT32(im->section, struct pe_section, Characteristics, characteristics);
	PUT16(im->base + PE_OFFSET, struct pe_header, NumberOfSections, (uint16_t)(n + 1));
}

static uint32_t section_begins(const struct image *im)
{
	struct span s = { im->section, sizeof(struct pe_section) };

	return RD32(s, 0, struct pe_section, VirtualAddress);
}

void image_begin(struct image *im, const char *name)
{
	section_add(im, name, PE_SCN_INITIALIZED | PE_SCN_READ);
	PUT32(im->section, struct pe_section, PointerToRawData, (uint32_t)im->size);
}

static void part_add(struct image *im, const char *from, struct part part)
{
	struct part *p = allocate(sizeof(*p));
	/* Whatever is added last is padded to a page. */
	const uint64_t limit = UINT32_MAX - (PAGE - 1);

	if (part.size > limit || im->size > limit - part.size)
		reject(from,
		       "makes the image %llu bytes long, a PE file has at most %llu: "
		       "use a smaller one",
		       (unsigned long long)(im->size + part.size), (unsigned long long)limit);
	*p = part;
	*im->tail = p;
	im->tail = &p->next;
	im->size += p->size;
}

void image_add_file(struct image *im, const struct file *f)
{
	part_add(im, f->path, (struct part){ .file = f, .size = f->size });
}

void image_add_bytes(struct image *im, const char *from, const void *bytes, uint64_t n)
{
	part_add(im, from, (struct part){ .bytes = bytes, .size = n });
}

void image_end(struct image *im)
{
	uint64_t size = im->size - section_begins(im);
	uint64_t padding = -size & (PAGE - 1);

	PUT32(im->section, struct pe_section, VirtualSize, (uint32_t)size);
	PUT32(im->section, struct pe_section, SizeOfRawData, (uint32_t)(size + padding));
	image_add_bytes(im, im->path, NULL, padding);
}

void image_set_room(struct image *im, const char *kernel, uint64_t room)
{
	if (!room)
		return;
	if (room > UINT32_MAX - im->size)
		reject(kernel,
		       "wants 0x%llx bytes of room (kernel_alignment + init_size) behind an image "
		       "of 0x%llx bytes, 4 GiB is the end: use a smaller initrd or kernel",
		       (unsigned long long)room, (unsigned long long)im->size);
	im->room = room;
}

void image_set_payload(struct image *im, uint64_t size)
{
	im->payload = im->size;
	im->payload_size = size;
}

static void pe_fix(const struct image *im)
{
	uint8_t *p = im->base + OPTIONAL_OFFSET;
	struct span s = { p, sizeof(struct pe_optional_header64) };
	uint32_t data = RD32(s, 0, struct pe_optional_header64, SizeOfInitializedData);
	uint64_t appended = im->size - im->base_size;

	PUT32(p, struct pe_optional_header64, SizeOfImage, (uint32_t)im->size);
	PUT32(p, struct pe_optional_header64, SizeOfInitializedData, (uint32_t)(data + appended));
	/* Counted as zero in the sum that becomes its value. */
	PUT32(p, struct pe_optional_header64, CheckSum, 0);
}

/* What a boot loader of the Linux protocol copies, and the memory it must keep free. */
static void setup_fix(const struct image *im)
{
	uint8_t *p = im->base + SETUP_HEADER_OFFSET;
	uint64_t loaded = im->size - PM_OFFSET;
	uint64_t least = RD32(base_span(im), SETUP_HEADER_OFFSET, struct setup_header, init_size) +
			 im->size - im->base_size;
	uint64_t init_size = loaded + im->room;

	if (init_size < least)
		init_size = least;
	if (init_size > UINT32_MAX)
		reject(im->path,
		       "would need an init_size of 0x%llx, 4 GiB is the end: "
		       "use a smaller initrd",
		       (unsigned long long)init_size);
	PUT32(p, struct setup_header, syssize, (uint32_t)((loaded + 15) / 16));
	PUT32(p, struct setup_header, init_size, (uint32_t)init_size);
	PUT32(p, struct setup_header, payload_length, (uint32_t)(im->size - ELF_VIEW_OFFSET));
	if (!im->payload_size)
		return;
	PUT32(p, struct setup_header, payload_offset, (uint32_t)(im->payload - PM_OFFSET));
	PUT32(p, struct setup_header, payload_length, (uint32_t)im->payload_size);
}

static void bundle_fix(const struct image *im)
{
	unsigned int n = section_count(im);
	uint8_t *p = im->base + BUNDLE_OFFSET;

	put32(p + BUNDLE_SECTIONS, n);
	put32(p + BUNDLE_FILE_SIZE, (uint32_t)im->size);
	memcpy(p + BUNDLE_TABLE, section_at(im, 0), n * sizeof(struct pe_section));
}

static void image_fix(struct image *im)
{
	pe_fix(im);
	bundle_fix(im);
	if (im->ia32)
		return;
	put32(im->base + IMAGE_SUM_SIZE_OFFSET, (uint32_t)im->size);
	setup_fix(im);
	image_fix_elf(im);
}

/**
 * struct stream - the bytes of both faces on their way, equal until the end
 * @name:   for the progress line
 * @buffer: always filled before it is written, so the sum sees whole words
 * @pe_sum: of 32-bit words; folding gives the same as summing 16-bit words
 * @sum:    the image's own, while its fields are 0
 */
struct stream {
	const char *name;
	struct output *out[2];
	uint8_t *buffer;
	size_t fill;
	uint64_t pe_sum, done, total;
	struct image_sum sum;
};

static void stream_flush(struct stream *st)
{
	for (size_t i = 0; i < st->fill; i += 4) {
		uint32_t word;

		memcpy(&word, st->buffer + i, 4);
		st->pe_sum += word;
	}
	sum_add(&st->sum, st->buffer, st->fill / SUM_BLOCK);
	for (int i = 0; i < 2; i++)
		if (st->out[i])
			output_write(st->out[i], st->buffer, st->fill);
	st->done += st->fill;
	st->fill = 0;
	if (st->total > PROGRESS_FROM)
		progress_show(st->name, st->done, st->total);
}

static void stream_part(struct stream *st, const struct part *p)
{
	for (uint64_t off = 0; off < p->size;) {
		uint64_t left = p->size - off, space = BUFFER_SIZE - st->fill;
		size_t n = (size_t)(left < space ? left : space);
		uint8_t *to = st->buffer + st->fill;

		if (p->file)
			file_read(p->file, off, to, n);
		else if (p->bytes)
			memcpy(to, p->bytes + off, n);
		else
			memset(to, 0, n);
		off += n;
		st->fill += n;
		if (st->fill == BUFFER_SIZE)
			stream_flush(st);
	}
}

/* One's complement sum in 16 bits, plus the file's size (as ImageHlp's CheckSumMappedFile). */
static uint32_t pe_checksum(uint64_t sum, uint64_t size)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)(sum + size);
}

/* The fields that were 0 on their way; the image's own first, for the other is of it too. */
static void stream_checksums(const struct stream *st, const struct image *im)
{
	uint8_t own[8], pe[4];
	uint64_t value = im->ia32 ? 0 : sum_value(&st->sum);

	put64(own, value);
	put32(pe, pe_checksum(st->pe_sum + (value & UINT32_MAX) + (value >> 32), im->size));
	for (int i = 0; i < 2; i++) {
		if (!st->out[i])
			continue;
		output_write_at(st->out[i], IMAGE_SUM_OFFSET, own, sizeof(own));
		output_write_at(st->out[i], CHECKSUM_OFFSET, pe, sizeof(pe));
	}
}

static void stream_image(struct stream *st, const struct image *im)
{
	const struct part base = { .bytes = im->base, .size = im->base_size };

	st->buffer = allocate(BUFFER_SIZE);
	st->total = im->size;
	stream_part(st, &base);
	for (const struct part *p = im->parts; p; p = p->next)
		stream_part(st, p);
	stream_flush(st);
	progress_clear();
	stream_checksums(st, im);
	if (st->out[1])
		output_write_at(st->out[1], 0, im->elf_face, FACE_SIZE);
}

void image_write(struct image *im, const char *efi_path, const char *elf_path)
{
	struct stream st = { .name = efi_path ? efi_path : elf_path };

	image_fix(im);
	st.out[0] = efi_path ? output_begin(efi_path) : NULL;
	st.out[1] = elf_path ? output_begin(elf_path) : NULL;
	stream_image(&st, im);
	for (int i = 0; i < 2; i++) {
		im->out[i] = st.out[i];
		if (st.out[i])
			output_finish(st.out[i]);
	}
}

void image_commit(const struct image *im)
{
	for (int i = 0; i < 2; i++)
		if (im->out[i])
			output_commit(im->out[i]);
}
