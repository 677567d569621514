// SPDX-License-Identifier: BSD-2-Clause
/*
 * The command line of `lintel iso` and `lintel disk`, and whether a file may go onto a
 * medium.  Called by both, before anything is written.
 */
#include "iso/media/media.h"

#include <string.h>

#include "iso/digest.h"
#include "iso/examine.h"
#include "iso/file.h"
#include "iso/reject.h"
#include "iso/uki.h"
#include "protocol/kernel.h"
#include "protocol/pe.h"
#include "shim/face/layout.h"

const char *media_parse(int argc, char **argv, const struct command *command, const char **output)
{
	static const struct option names[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *name = command->name;

	while (options_next(argc, argv, command, names, NULL) != -1) {
		if (*output)
			usage_error(name, "--output is given twice");
		*output = optarg;
	}
	if (!*output || !**output)
		usage_error(name, "--output=FILE is missing");
	if (optind + 1 != argc)
		usage_error(name, "one image is wanted, %d are given", argc - optind);
	return argv[optind];
}

bool media_is_bare(const struct file *f)
{
	struct span s = examine_file(f);
	const char *sum;
	bool bare;

	if (s.len < CODE_OFFSET || rd16(s, 0) != MZ_MAGIC || !uki_is_ours(s))
		reject(f->path, "is not an image of Lintel: make one with `lintel build`");
	if (f->size > UINT32_MAX)
		reject(f->path, "is larger than 4 GiB, no file of a FAT file system may be");
	sum = digest_image(s);
	bare = !bundle_is_uki(s);
	if (strcmp(sum, bare ? "none" : "ok") != 0)
		reject(f->path,
		       "is damaged, its image checksum is %s (`lintel inspect`): "
		       "build it again",
		       sum);
	return bare;
}

void media_check(const struct file *f)
{
	if (media_is_bare(f))
		reject(f->path, "has no kernel inside: pack one with `lintel build`");
}
