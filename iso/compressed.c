// SPDX-License-Identifier: BSD-2-Clause
/*
 * Knows compressed data by their first bytes.  Called by `lintel inspect` for what is in a
 * bzImage, and by `lintel build` for what is no kernel before it is unpacked.
 */
#include "iso/compressed.h"

#include <string.h>

#include "shim/unpack/unpack.h"

/* What Lintel does not unpack when it boots. */
static const struct format {
	const char *name, *magic;
	size_t length;
} formats[] = {
	{ "lzma", "\x5d\0\0", 3 },
	{ "bzip2", "BZh", 3 },
	{ "lzo", "\x89LZO", 4 },
};

const char *compressed_format(struct span s)
{
	const char *name = unpack_format(s);

	if (name[0] != '?')
		return name;
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (span_has(s, 0, formats[i].length) &&
		    !memcmp(s.p, formats[i].magic, formats[i].length))
			return formats[i].name;
	return NULL;
}
