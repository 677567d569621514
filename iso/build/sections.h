/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sections of an image that is being packed.  Called by `lintel build`.
 */
#ifndef ISO_BUILD_SECTIONS_H
#define ISO_BUILD_SECTIONS_H

#include "iso/build/text.h"

struct file;
struct pack;
struct kernel;
struct request;
struct uki;

/** struct made - contents that are made of keys and of other sections; no bytes: no section */
struct made {
	struct text pcrpkey, pcrsig, seal;
};

/** sections_add() - all of them, the kernel last; refuses what cannot be a section's bytes */
void sections_add(struct pack *im, const struct request *r, const struct uki *u,
		  const struct file *kernel, const struct kernel *k, const struct made *m);

#endif
