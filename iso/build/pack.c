// SPDX-License-Identifier: BSD-2-Clause
/*
 * Appends sections to the bare image and updates the headers of both faces.  Called by
 * `lintel build`.
 *
 * RVA = file offset, so a section's place is the end of the file, and all headers follow
 * from the file's size.  The bare image is changed in memory; the files after it are read
 * when stream.c writes them.
 */
#include "iso/build/pack.h"

#include <string.h>
#include <lintel/linux.h>

#include "bios/boot/sum.h"
#include "iso/allocate.h"
#include "iso/build/elf_headers.h"
#include "iso/build/stream.h"
#include "iso/file.h"
#include "iso/output.h"
#include "iso/put.h"
#include "iso/reject.h"

uint8_t *pack_section(const struct pack *im, uint32_t i)
{
	size_t table = OPTIONAL_OFFSET + (im->ia32 ? sizeof(struct pe_optional_header32) :
						     sizeof(struct pe_optional_header64));

	return im->base + table + i * sizeof(struct pe_section);
}

uint32_t pack_sections(const struct pack *im)
{
	return RD16(pack_base(im), PE_OFFSET, struct pe_header, NumberOfSections);
}

static const uint8_t *find(const struct pack *im, const char *name)
{
	for (uint32_t i = 0; i < pack_sections(im); i++)
		if (!strncmp((const char *)pack_section(im, i), name, 8))
			return pack_section(im, i);
	return NULL;
}

bool pack_has(const struct pack *im, const char *name)
{
	return find(im, name) != NULL;
}

uint32_t pack_size(const struct pack *im, const char *name)
{
	struct span s = { find(im, name), sizeof(struct pe_section) };

	return s.p ? RD32(s, 0, struct pe_section, VirtualSize) : 0;
}

/* Add the headers of a section that begins at the present end of the file. */
static void add_section(struct pack *im, const char *name, uint32_t characteristics)
{
	uint32_t n = pack_sections(im);

	if (n == PE_SECTIONS_MAX)
		reject(im->path, "has %u sections already, there is no place for %s", n, name);
	im->section = pack_section(im, n);
	memset(im->section, 0, sizeof(struct pe_section));
	memcpy(im->section, name, strlen(name));
	PUT32(im->section, struct pe_section, VirtualAddress, (uint32_t)im->size);
	PUT32(im->section, struct pe_section, PointerToRawData, (uint32_t)im->size);
	PUT32(im->section, struct pe_section, Characteristics, characteristics);
	PUT16(im->base + PE_OFFSET, struct pe_header, NumberOfSections, (uint16_t)(n + 1));
}

static uint32_t begin_of_section(const struct pack *im)
{
	struct span s = { im->section, sizeof(struct pe_section) };

	return RD32(s, 0, struct pe_section, VirtualAddress);
}

void pack_begin(struct pack *im, const char *name)
{
	add_section(im, name, PE_SCN_INITIALIZED | PE_SCN_READ);
}

static void add_part(struct pack *im, const char *from, struct part part)
{
	struct part *p = allocate(sizeof(*p));
	/* The last part is padded to a page, and that must fit too. */
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

void pack_add_file(struct pack *im, const struct file *f)
{
	add_part(im, f->path, (struct part){ .file = f, .size = f->size });
}

void pack_add_bytes(struct pack *im, const char *from, const void *bytes, uint64_t n)
{
	add_part(im, from, (struct part){ .bytes = bytes, .size = n });
}

void pack_end(struct pack *im)
{
	uint64_t size = im->size - begin_of_section(im);
	uint64_t padding = -size & (PAGE - 1);

	PUT32(im->section, struct pe_section, VirtualSize, (uint32_t)size);
	PUT32(im->section, struct pe_section, SizeOfRawData, (uint32_t)(size + padding));
	pack_add_bytes(im, im->path, NULL, padding);
}

void pack_add_space(struct pack *im, const char *name, uint64_t size)
{
	add_section(im, name, PE_SCN_INITIALIZED | PE_SCN_READ | PE_SCN_WRITE);
	pack_add_bytes(im, name, NULL, size);
	pack_end(im);
}

void pack_set_room(struct pack *im, const char *kernel, uint64_t room)
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

void pack_set_payload(struct pack *im, uint64_t size)
{
	im->payload = im->size;
	im->payload_size = size;
}

static void fix_pe(const struct pack *im)
{
	uint8_t *p = im->base + OPTIONAL_OFFSET;
	struct span s = { p, sizeof(struct pe_optional_header64) };
	uint32_t data = RD32(s, 0, struct pe_optional_header64, SizeOfInitializedData);
	uint64_t appended = im->size - im->base_size;

	PUT32(p, struct pe_optional_header64, SizeOfImage, (uint32_t)im->size);
	PUT32(p, struct pe_optional_header64, SizeOfInitializedData, (uint32_t)(data + appended));
	/* The sum is computed with this field 0; write_checksums() fills it in. */
	PUT32(p, struct pe_optional_header64, CheckSum, 0);
}

/* Set how much a boot loader of the Linux protocol copies, and how much memory it keeps free. */
static void fix_setup(const struct pack *im)
{
	uint8_t *p = im->base + LINUX_SETUP_HEADER;
	uint64_t loaded = im->size - PM_OFFSET;

	PUT32(p, struct setup_header, syssize, (uint32_t)((loaded + 15) / 16));
	/* pack_set_room() has looked whether it is below 4 GiB. */
	PUT32(p, struct setup_header, init_size, (uint32_t)(loaded + im->room));
	PUT32(p, struct setup_header, payload_length, (uint32_t)(im->size - ELF_VIEW_OFFSET));
	if (!im->payload_size)
		return;
	PUT32(p, struct setup_header, payload_offset, (uint32_t)(im->payload - PM_OFFSET));
	PUT32(p, struct setup_header, payload_length, (uint32_t)im->payload_size);
}

static void fix_bundle(const struct pack *im)
{
	uint32_t n = pack_sections(im);
	uint8_t *p = im->base + BUNDLE_OFFSET;

	put32(p + BUNDLE_SECTIONS, n);
	put32(p + BUNDLE_FILE_SIZE, (uint32_t)im->size);
	memcpy(p + BUNDLE_TABLE, pack_section(im, 0), n * sizeof(struct pe_section));
}

static void fix_headers(struct pack *im)
{
	fix_pe(im);
	fix_bundle(im);
	if (im->ia32)
		return;
	put32(im->base + IMAGE_SUM_SIZE_OFFSET, (uint32_t)im->size);
	fix_setup(im);
	elf_headers_fix(im);
}

void pack_write(struct pack *im, const char *efi_path, const char *elf_path)
{
	fix_headers(im);
	im->out[0] = efi_path ? output_begin(efi_path) : NULL;
	im->out[1] = elf_path ? output_begin(elf_path) : NULL;
	stream_write(im, im->out, efi_path ? efi_path : elf_path);
	for (int i = 0; i < 2; i++)
		if (im->out[i])
			output_finish(im->out[i]);
}

void pack_commit(const struct pack *im)
{
	int first = im->out[0] ? 0 : 1;

	outputs_commit(im->out + first, (im->out[1] ? 2 : 1) - first);
}
