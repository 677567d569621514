/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a file's headers and sections say, for `lintel inspect` and `lintel explain`.
 */
#ifndef ISO_INSPECT_INSPECT_H
#define ISO_INSPECT_INSPECT_H

#include "iso/json.h"
#include "iso/options.h"

struct file;

/* The kind of an image whose sections only UEFI and Multiboot loaders find (iso/uki.h). */
#define KIND_ADDED_TO "Lintel image, packed by another tool"

/** facts_of() - all of it, as a tree; refuses nothing but a file that cannot be read */
json_t *facts_of(const struct file *file);

/** parse_json_file() - the one FILE and --json= of a subcommand; ends after --help */
const char *parse_json_file(int argc, char **argv, const struct command *command,
			    enum json_mode *mode);

#endif
