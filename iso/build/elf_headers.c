// SPDX-License-Identifier: BSD-2-Clause
/*
 * The ELF headers of an image that is being packed: the view in the bzImage's payload and the
 * ELF face.  Called by pack.c when the image's size is known.
 */
#include "iso/build/elf_headers.h"

#include <stddef.h>

#include "iso/build/pack.h"
#include "iso/put.h"
#include "iso/reject.h"
#include "protocol/formats.h"
#include "protocol/number.h"
#include "shim/face/layout.h"

/* Xen PV kernels lie in the first GiB. */
#define ELF_KERNEL_MAX GIB
/* Memory for unpacking a kernel, apart from the kernel's own: most of it is xz's dictionary. */
#define UNPACK_HEAP 0x2200000ull

void elf_headers_set_kernel(struct pack *im, uint64_t base, uint64_t end)
{
	/* ELF loaders could not load an image above such a kernel, but other loaders can. */
	if (end > ELF_KERNEL_MAX)
		return;
	im->kernel_base = base;
	im->kernel_end = end;
}

/* Offset of the last PT_LOAD of an ELF64 header whose program headers follow it, all of them in
 * the header's own place; 0 for none. */
static size_t find_last_load(const struct elf *e)
{
	size_t last = 0;

	if (!e->wide || e->segments.at != sizeof(struct elf64_ehdr) ||
	    e->segments.entry != sizeof(struct elf64_phdr) ||
	    !span_has(e->file, e->segments.at, e->segments.n * e->segments.entry))
		return 0;
	for (uint64_t i = 0; i < e->segments.n; i++)
		if (elf_segment(e, i).p_type == PT_LOAD)
			last = (size_t)(e->segments.at + i * e->segments.entry);
	return last;
}

static void add64(uint8_t *p, uint64_t n)
{
	put64(p, rd64((struct span){ p, sizeof(n) }, 0) + n);
}

/* Add @n to every address in an ELF header. */
static void move_addresses(uint8_t *p, const struct elf *e, uint64_t n)
{
	add64(p + offsetof(struct elf64_ehdr, e_entry), n);
	for (uint64_t i = 0; i < e->segments.n; i++) {
		uint8_t *ph = p + e->segments.at + i * e->segments.entry;

		add64(ph + offsetof(struct elf64_phdr, p_vaddr), n);
		add64(ph + offsetof(struct elf64_phdr, p_paddr), n);
	}
}

/*
 * Let the last PT_LOAD of the ELF header at file offset @offset reach to the end
 * of the file, its memory to where the image wants some, and all of it be loaded where
 * the kernel leaves room.  Only @len bytes, the header's own place, are looked at.
 */
static void fix_header(const struct pack *im, const char *path, uint8_t *p, size_t len,
		       uint64_t offset)
{
	struct span s = { p, len };
	struct elf e;
	size_t last = elf_open(&e, s) ? find_last_load(&e) : 0;
	uint64_t begin = RD64(s, last, struct elf64_phdr, p_offset);
	uint64_t filesz = RD64(s, last, struct elf64_phdr, p_filesz);
	uint64_t end = im->base_size - offset;

	if (!last || begin > end || filesz != end - begin)
		reject(path,
		       "is no bare lintel.efi or lintel.elf: the ELF header at offset 0x%llx has "
		       "no last PT_LOAD that ends with the file: give one with --stub",
		       (unsigned long long)offset);
	move_addresses(p, &e, im->elf_base - IMAGE_BASE);
	PUT64(p + last, struct elf64_phdr, p_filesz, im->size - offset - begin);
	PUT64(p + last, struct elf64_phdr, p_memsz,
	      im->elf_top - RD64(s, last, struct elf64_phdr, p_paddr));
}

/*
 * Choose where ELF loaders put the image: below the kernel's own place if image and Xen's
 * data after it fit there, else above it.
 */
static void choose_place(struct pack *im)
{
	uint64_t end = IMAGE_BASE + im->size;

	im->elf_base = IMAGE_BASE;
	im->elf_top = end > ELF_BARE_TOP ? end : ELF_BARE_TOP;
	if (!im->kernel_end)
		return;
	im->elf_top = im->kernel_end + UNPACK_HEAP;
	if (end > im->kernel_base) {
		im->elf_base = align_up(im->kernel_end, 2 * MIB);
		im->elf_top = im->elf_base + im->size + UNPACK_HEAP;
	}
	add64(im->base + ELF_NOTE_ENTRY, im->elf_base - IMAGE_BASE);
	add64(im->base + ELF_NOTE_PHYS32_ENTRY, im->elf_base - IMAGE_BASE);
}

void elf_headers_fix(struct pack *im)
{
	choose_place(im);
	fix_header(im, im->path, im->base + ELF_VIEW_OFFSET, ELF_VIEW_LOAD - ELF_VIEW_OFFSET,
		   ELF_VIEW_OFFSET);
	if (im->elf_face)
		fix_header(im, im->elf_path, im->elf_face, FACE_SIZE, 0);
}
