/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ISO 9660 file system of a CD image.
 */
#ifndef ISO_MEDIA_TREE_H
#define ISO_MEDIA_TREE_H

#include <stdint.h>

struct file;
struct output;

/**
 * tree_point() - let /EFI/BOOT/@name have bytes that lie elsewhere in the image
 * @iso:  the image, as it is so far
 * @base: the sector at which the file system begins, from which it counts
 * @at:   the first byte, at a whole sector
 *
 * The file is in the tree already, without bytes of its own.
 */
void tree_point(const struct output *to, const struct file *iso, uint32_t base, const char *name,
		uint64_t at, uint32_t size);

/** tree_clear() - let /EFI/BOOT be empty */
void tree_clear(const struct output *to, const struct file *iso, uint32_t base);

#endif
