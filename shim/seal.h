/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checking a sealed image: whether its sections are what they were when it was packed.
 */
#ifndef SHIM_SEAL_H
#define SHIM_SEAL_H

#include "protocol/handoff.h"

/**
 * seal_check() - compare each section of the handoff's UKI with the sha256= that its seal has
 * @hash: NULL where this world has none
 *
 * Refuses a section that differs or is missing, one that must be hashed where nothing can
 * (E_DATA), and a sealed image without any such line (E_BUNDLE).  The report gets the digests.
 */
void seal_check(struct handoff *h, hash_fn *hash);

#endif
