/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sections of an image that is being packed.  Called by `lintel build`.
 */
#ifndef ISO_BUILD_SECTIONS_H
#define ISO_BUILD_SECTIONS_H

struct file;
struct pack;
struct kernel;
struct policy;
struct request;
struct uki;

/** sections_add() - all of them, the kernel last; refuses what cannot be a section's bytes
 *  @p: a policy whose @pcrsig has no bytes yet stands for one without a signature */
void sections_add(struct pack *im, const struct request *r, const struct uki *u,
		  const struct file *kernel, const struct kernel *k, const struct policy *p);

#endif
