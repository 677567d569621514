// SPDX-License-Identifier: BSD-2-Clause
/*
 * Device paths (UEFI 2.10, chapter 10): where a device or a file is, as a list of nodes.
 * Each begins with its type, its subtype and its length in 16 bits.
 * Called to find out where something was loaded from.  Any mode; only reads the path.
 */
#include "efi/efi.h"

#define NODE_TYPE 0
#define NODE_SUBTYPE 1
#define NODE_LENGTH 2
/* Far longer than any real path, so that reading a path without an end stops. */
#define PATH_BYTES_MAX 0x10000

struct span path_at(const EFI_DEVICE_PATH *path)
{
	return (struct span){ (const uint8_t *)path, path ? PATH_BYTES_MAX : 0 };
}

bool path_is(struct span node, uint8_t type, uint8_t subtype)
{
	return rd8(node, NODE_TYPE) == type && rd8(node, NODE_SUBTYPE) == subtype;
}

bool path_next(struct span *rest, struct span *node)
{
	uint16_t length = rd16(*rest, NODE_LENGTH);

	if (length < PATH_NODE_HEAD || !span_has(*rest, 0, length) ||
	    path_is(*rest, END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE))
		return false;
	*node = span_sub(*rest, 0, length);
	*rest = span_from(*rest, length);
	return true;
}

struct span path_media(const EFI_DEVICE_PATH *path, uint8_t subtype)
{
	struct span rest = path_at(path), node, found = { 0 };

	while (path_next(&rest, &node))
		if (path_is(node, MEDIA_DEVICE_PATH, subtype))
			found = node;
	return found;
}

struct span path_file(const EFI_DEVICE_PATH *path)
{
	return span_from(path_media(path, MEDIA_FILEPATH_DP), PATH_NODE_HEAD);
}
