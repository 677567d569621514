/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `lintel iso` and `lintel disk` share: their command line, and which files they take.
 */
#ifndef ISO_MEDIA_MEDIA_H
#define ISO_MEDIA_MEDIA_H

#include <stdbool.h>
#include <stdint.h>

#include "iso/digest.h"
#include "iso/options.h"

#define MEDIA_SECTOR 512u
#define CD_SECTOR 2048u

struct file;

/**
 * struct media - the command line
 * @output: the medium
 * @image:  what it starts
 * @ia32:   what 32-bit UEFI starts; NULL for none
 * @sector: bytes of its sectors
 * @active: whether the protective MBR has an active partition
 */
struct media {
	const char *output;
	const struct file *image, *ia32;
	uint32_t sector;
	bool active;
};

/* The options of both. */
#define MEDIA_OPTIONS                                                                         \
	{ "output", required_argument, NULL, 'o' }, { "ia32", required_argument, NULL, 'i' }, \
	{                                                                                     \
		"help", no_argument, NULL, 'h'                                                \
	}

/** media_parse() - the options of @names, and the files that they name, opened */
struct media media_parse(int argc, char **argv, const struct command *command,
			 const struct option *names);

/** media_is_bare() - whether nothing is packed into an image; refuses a file that is none */
bool media_is_bare(const struct file *f);

/** media_check() - refuse a file that is no packed image */
void media_check(const struct file *f);

/** media_seed() - of what numbers that must be unique are made: the content's SHA-256 */
struct digest media_seed(const struct media *m);

/** media_time() - what is written where a file system wants a time: SOURCE_DATE_EPOCH, or
 *  the first one that FAT can have */
uint64_t media_time(void);

#endif
