/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An image that is being packed: a bare image, the universal one or the one for 32-bit
 * UEFI, and the sections that are appended to it.  Called by `lintel build`.  Nothing is
 * written before pack_write(), and by then everything has been checked.
 */
#ifndef ISO_BUILD_PACK_H
#define ISO_BUILD_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/pe.h"
#include "protocol/span.h"
#include "shim/face/layout.h"

struct file;
struct output;

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

/* Where the optional header of a bare image begins. */
#define OPTIONAL_OFFSET (PE_OFFSET + sizeof(struct pe_header))

/**
 * struct pack - what will be written
 * @path:      the bare image, for messages
 * @base:      its bytes, whose headers are changed as sections are added
 * @base_size: how many, a multiple of PAGE
 * @ia32:      it is lintelia32.efi: a PE32 file and nothing else
 * @elf_path:  the ELF face of the bare image
 * @elf_face:  its bytes, of which the first FACE_SIZE differ; NULL where none is wanted
 * @size:      file offset of whatever comes next
 * @room:      memory after the end of the file
 * @kernel_base, @kernel_end: the addresses that the kernel takes when it runs unpacked
 * @elf_base, @elf_top: the memory that ELF loaders are asked for
 * @payload, @payload_size: place of the bzImage's payload, where it is not the ELF view
 * @section:   header of the section that is open, inside @base
 * @out: the faces as pack_write() made them, not yet committed; NULL for one not wanted
 * @parts, @tail: what follows the base in the file, and where the next part is linked
 */
struct pack {
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

/** pack_base() - the bare image's bytes */
static inline struct span pack_base(const struct pack *im)
{
	return (struct span){ im->base, (size_t)im->base_size };
}

/** pack_section() - section header number @i, inside @base */
uint8_t *pack_section(const struct pack *im, uint32_t i);

/** pack_sections() - how many there are */
uint32_t pack_sections(const struct pack *im);

/** pack_size() - bytes of the section of this name; 0 where there is none */
uint32_t pack_size(const struct pack *im, const char *name);

/** pack_has() - whether there is a section of this name already */
bool pack_has(const struct pack *im, const char *name);

/** pack_begin() - open a section at the present end of the file; the parts that follow are its */
void pack_begin(struct pack *im, const char *name);

/** pack_add_file() - all bytes of a file; refuses where the image grows beyond 4 GiB */
void pack_add_file(struct pack *im, const struct file *f);

/** pack_add_bytes() - bytes that stay valid until pack_write(); NULL for zeros */
void pack_add_bytes(struct pack *im, const char *from, const void *bytes, uint64_t n);

/** pack_end() - close the section: its size is exact, the file is padded to PAGE */
void pack_end(struct pack *im);

/** pack_add_space() - a section of zeros, which the image itself may write to at boot */
void pack_add_space(struct pack *im, const char *name, uint64_t size);

/** pack_set_room() - memory that @kernel needs after the image.  It becomes part of
 *  init_size, but not of the PE image, since firmware with little memory could not load
 *  that. */
void pack_set_room(struct pack *im, const char *kernel, uint64_t room);

/** pack_set_payload() - make the next @size bytes the bzImage's payload */
void pack_set_payload(struct pack *im, uint64_t size);

/** pack_write() - the finished image for the given paths, to be committed by pack_commit();
 *  NULL for a face that is not wanted */
void pack_write(struct pack *im, const char *efi_path, const char *elf_path);

/** pack_commit() - replace the old files by those that were written */
void pack_commit(const struct pack *im);

#endif
