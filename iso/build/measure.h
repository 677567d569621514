/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the PCRs of a TPM will hold once Lintel, or systemd's stub, has measured an image.
 */
#ifndef ISO_BUILD_MEASURE_H
#define ISO_BUILD_MEASURE_H

#include "iso/build/phases.h"
#include "iso/json.h"

/**
 * struct measured - a prediction
 * @banks: which ones are wanted
 * @pcr:   PCR 11 of each, when the sections are measured and no phase is
 */
struct measured {
	bool banks[BANKS];
	struct digest pcr[BANKS];
};

/** measure_image() - what the sections of an image make of PCR 11, in the banks that @m wants */
void measure_image(struct measured *m, struct span image);

/** measure_print() - PCR 11 after each path of phases, in the form of systemd-measure, and the
 *  PCRs that stay zero where nothing comes from outside; to stdout */
void measure_print(const struct measured *m, const struct list *paths, enum json_mode mode);

#endif
