/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The section .lintel: what whoever packs an image asks of Lintel at boot.
 */
#ifndef ISO_BUILD_SEAL_H
#define ISO_BUILD_SEAL_H

#include <stdbool.h>

#include "iso/build/text.h"
#include "protocol/seal.h"

struct request;
struct uki;

/** seal_wanted() - what the options ask for, and where they do not say, the UKI's own section */
void seal_wanted(struct seal *s, const struct request *r, const struct uki *u);

/**
 * seal_text() - the section's contents; none where nothing is asked for
 * @image:  all of it, without this section
 * @first:  number of the first section that was added to the bare image
 * @pcrsig: contents of .pcrsig where those in @image are older
 */
void seal_text(struct text *t, const struct seal *s, struct span image, uint32_t first,
	       const struct text *pcrsig);

#endif
