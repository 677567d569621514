/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sections of a Unified Kernel Image (UAPI.5), Lintel's (either
 * face) or a third party's.  Used by --uki and `lintel inspect`.
 */
#ifndef ISO_UKI_H
#define ISO_UKI_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/bundle.h"

struct file;

/**
 * struct uki - an open image
 * @file:   NULL: none is open, and it has no sections
 * @bytes:  all of the file
 * @bundle: its sections
 */
struct uki {
	const struct file *file;
	struct span bytes;
	struct bundle bundle;
};

/** uki_is_ours() - whether a file is an image of Lintel's, of either face, bare or packed */
bool uki_is_ours(struct span f);

/** uki_is_added_to() - whether another tool than ours has packed an image of Lintel's, so
 *  that only UEFI and Multiboot loaders find what is in it */
bool uki_is_added_to(struct span f);

/** uki_read() - the sections of @bytes; none where that is no image */
void uki_read(struct uki *u, const struct file *f, struct span bytes);

/** uki_open() - a UKI whose sections are to be used; refuses a file that is none, or cut off
 *  @is_signed_anew: there will be a new .pcrsig, so that nobody must be told of the old one */
void uki_open(struct uki *u, const char *path, bool is_signed_anew);

/** uki_section() - the bytes of a section; empty where there is none, or a part of it is missing */
struct span uki_section(const struct uki *u, const char *name);

/** uki_part() - a section as a file of its own; NULL where there is none, or nothing in it */
const struct file *uki_part(const struct uki *u, const char *name);

/**
 * uki_next_other() - the next section that is no part of a program, and has no option of
 * `lintel build`
 * @i: 0 at first; moves on
 *
 * Return: false after the last one.
 */
bool uki_next_other(const struct uki *u, uint32_t *i, char name[BUNDLE_NAME]);

#endif
