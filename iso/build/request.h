/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `lintel build` is asked to make, by its command line and by --config.
 */
#ifndef ISO_BUILD_REQUEST_H
#define ISO_BUILD_REQUEST_H

#include <stdbool.h>

#include "iso/options.h"

/**
 * struct request - NULL for what is not given
 * @append:    TEXT or @FILE, each behind the command line
 * @os_release, @uname, @sbat: empty for none
 * @section:   NAME:TEXT or NAME:@FILE
 * @pcr_private, @pcr_public, @phases: of as many signatures; NULL for what one does not have
 * @sealed:    "yes", "strict" or "no"
 * @measured:  "required" or "no"
 * @measure:   print what the PCRs will be
 * @policy_digest: print what --pcr-private-key would sign
 * @xen:       a payload for Xen's tools
 */
struct request {
	const char *kernel, *uki, *microcode, *cmdline, *os_release, *uname, *splash, *sbat;
	const char *device_tree, *key, *certificate, *config, *json, *stub, *output, *elf;
	const char *pcr_banks, *pcrpkey, *sealed, *measured;
	struct list initrd, append, section, pcr_private, pcr_public, phases;
	bool measure, policy_digest, xen;
};

/** request_read() - from the command line; what makes no sense is a usage error */
void request_read(struct request *r, int argc, char **argv);

#endif
