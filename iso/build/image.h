/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image in the making: a bare image, the universal one or the one for 32-bit
 * UEFI, and the sections that go behind it.  Called by `lintel build`.  Until
 * image_write() nothing is written and all that can be refused has been refused.
 */
#ifndef ISO_BUILD_IMAGE_H
#define ISO_BUILD_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "iso/tool.h"

struct part;

/**
 * struct image - what will be written
 * @path:      the bare image, for messages
 * @base:      its bytes, whose headers are changed as sections are added
 * @base_size: how many, a multiple of PAGE
 * @ia32:      it is lintelia32.efi: a PE32 file and nothing else
 * @elf_path:  the ELF face of the bare image
 * @elf_face:  its bytes, of which the first FACE_SIZE differ; NULL where none is wanted
 * @size:      file offset of whatever comes next
 * @room:      memory behind the end of the file
 * @kernel_base, @kernel_end: the addresses that the kernel takes when it runs unpacked
 * @elf_base, @elf_top: the memory that ELF loaders are asked for
 * @payload, @payload_size: place of the bzImage's payload, where it is not the ELF view
 * @section:   header of the section that is open, inside @base
 * @out: the faces as image_write() made them, not yet committed; NULL for one not wanted
 * @parts, @tail: what follows the base in the file, and where the next part is hung
 */
struct image {
	const char *path;
	uint8_t *base;
	uint64_t base_size;
	bool ia32;
	const char *elf_path;
	uint8_t *elf_face;
	uint64_t size;
	uint64_t room;
	uint64_t kernel_base, kernel_end;
	uint64_t elf_base, elf_top;
	uint64_t payload, payload_size;
	uint8_t *section;
	struct output *out[2];
	struct part *parts, **tail;
};

/** image_open() - read the bare image, and its ELF face if wanted; refuse what is none */
void image_open(struct image *im, const char *path, bool want_elf);

/** image_has() - whether there is a section of this name already */
bool image_has(const struct image *im, const char *name);

/** image_begin() - open a section at the present end of the file; the parts that follow are its */
void image_begin(struct image *im, const char *name);

/** image_add_file() - all bytes of a file; refuses where the image grows beyond 4 GiB */
void image_add_file(struct image *im, const struct file *f);

/** image_add_bytes() - bytes that stay valid until image_write(); NULL for zeros */
void image_add_bytes(struct image *im, const char *from, const void *bytes, uint64_t n);

/** image_end() - close the section: its size is exact, the file is padded to PAGE */
void image_end(struct image *im);

/** image_set_room() - memory that @kernel wants behind the image: part of init_size.  Not of
 *  the PE image, which firmware with little memory could then not load. */
void image_set_room(struct image *im, const char *kernel, uint64_t room);

/** image_set_kernel() - where the kernel runs, which ELF loaders must leave free */
void image_set_kernel(struct image *im, uint64_t base, uint64_t end);

/** image_fix_elf() - the ELF headers of both faces, when the image is complete (elf.c) */
void image_fix_elf(struct image *im);

/** image_set_payload() - let the bzImage's payload be what comes next, @size bytes */
void image_set_payload(struct image *im, uint64_t size);

/** image_write() - the finished image for the given paths, to be committed by image_commit();
 *  NULL for a face that is not wanted */
void image_write(struct image *im, const char *efi_path, const char *elf_path);

/** image_commit() - let what was written replace what was there */
void image_commit(const struct image *im);

#endif
