/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a TPM's PCR 11 will hold once systemd's stub has measured these sections.
 */
#ifndef ISO_BUILD_MEASURE_H
#define ISO_BUILD_MEASURE_H

#include "iso/json.h"

struct uki;

/** measure_print() - to stdout, in the form of systemd-measure */
void measure_print(const struct uki *u, enum json_mode mode);

#endif
