/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sections of a Unified Kernel Image (UAPI.5), Lintel's (either
 * face) or a third party's.  Used by --uki, --measure and `lintel inspect`.
 */
#ifndef ISO_UKI_H
#define ISO_UKI_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/span.h"

struct file;

/**
 * struct section - a section of an open image
 * @name:   ends with a NUL
 * @offset: in the file
 * @size:   bytes of its contents; the file may end before the last of them
 * @flags:  Characteristics
 */
struct section {
	char name[9];
	uint64_t offset, size;
	uint32_t flags;
};

/**
 * struct uki - an open image and its sections
 * @bytes: all of the file
 */
struct uki {
	const struct file *file;
	struct span bytes;
	struct section *section;
	uint32_t sections;
};

/** uki_is_ours() - whether a file is an image of Lintel's, of either face, bare or packed */
bool uki_is_ours(struct span f);

/** uki_read() - the sections of @bytes; none where that is no image */
void uki_read(struct uki *u, const struct file *f, struct span bytes);

/** uki_open() - a UKI whose sections are to be used; refuses a file that is none, or cut off */
void uki_open(struct uki *u, const char *path);

/** uki_section() - the bytes of a section; empty where there is none, or a part of it is missing */
struct span uki_section(const struct uki *u, const char *name);

/** uki_part() - a section as a file of its own; NULL where there is none, or nothing in it */
const struct file *uki_part(const struct uki *u, const char *name);

#endif
