/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The banks of a TPM, and the phases of the boot that systemd-pcrphase measures.
 */
#ifndef ISO_BUILD_PHASES_H
#define ISO_BUILD_PHASES_H

#include <stdbool.h>
#include <stdint.h>

#include "iso/digest.h"
#include "iso/options.h"

/* sha1, sha256, sha384, sha512: those of PCR banks. */
#define BANKS 4

/** bank_name() - of bank number @i, which is the name of its checksum too */
const char *bank_name(uint32_t i);

/** banks_read() - those that a list names, in whatever order; all where it is NULL */
void banks_read(bool wanted[BANKS], const char *names);

/**
 * phases_add() - the paths in a list, each a phase, or several with ":" between, as they
 * follow each other
 * @paths: gets those that it does not have yet, sorted; "" is the boot before any phase
 */
void phases_add(struct list *paths, const char *text);

/** phases_default() - the paths of a list that has none: up to the end of a normal boot */
void phases_default(struct list *paths);

/** phases_extend() - extend a PCR with the phases of a path */
void phases_extend(struct digest *pcr, uint32_t bank, const char *path);

/** pcr_extend() - extend a PCR with what has this checksum */
void pcr_extend(struct digest *pcr, uint32_t bank, const struct digest *d);

#endif
