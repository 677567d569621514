/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `lintel build` is told to do, by its command line and by --config.
 */
#ifndef ISO_BUILD_OPTIONS_H
#define ISO_BUILD_OPTIONS_H

#include <stdbool.h>

/**
 * struct list - values of an option that may be given several times, in that order
 */
struct list {
	const char **value;
	unsigned int count;
};

/**
 * struct options - NULL for what is not given
 * @section:   NAME:TEXT or NAME:@FILE
 * @measure:   print what PCR 11 will be
 * @xen:       a payload for Xen's tools
 */
struct options {
	const char *kernel, *uki, *microcode, *cmdline, *os_release, *uname, *splash, *sbat;
	const char *device_tree, *key, *certificate, *config, *json, *stub, *output, *elf;
	struct list initrd, section;
	bool measure, xen;
};

/** list_add() - another value at the end */
void list_add(struct list *l, const char *value);

#endif
