/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SBAT data, by which shim and others revoke versions of programs (shim's SBAT.md).
 */
#ifndef ISO_BUILD_SBAT_H
#define ISO_BUILD_SBAT_H

#include "iso/build/pack.h"

/**
 * sbat_add() - add lines to those of the bare image
 * @from: where they come from, for messages
 *
 * A line that is there already, and a line about SBAT itself, are left out.  Refuses more
 * than a page in all.
 */
void sbat_add(struct pack *im, const char *from, struct span lines);

#endif
