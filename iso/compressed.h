/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which program has compressed a file.
 */
#ifndef ISO_COMPRESSED_H
#define ISO_COMPRESSED_H

#include "protocol/span.h"

/** compressed_format() - "gzip", "xz", "zstd", "lz4", "lzma", "bzip2" or "lzo"; NULL for none */
const char *compressed_format(struct span s);

#endif
