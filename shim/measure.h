/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measuring what is about to be used, the same on every door.
 */
#ifndef SHIM_MEASURE_H
#define SHIM_MEASURE_H

#include "protocol/event.h"
#include "protocol/handoff.h"
#include "shim/place.h"

/* Kernel, initrds and command line, as boot loaders and Linux's own EFI stub measure them. */
#define PCR_FILES 9

/**
 * measure() - measure what the handoff has, when the plan is made and before anything of it runs
 * @extend: the world's way to a TPM; NULL where there is none
 * @tpm:    for the boot report: which way that is, or why there is none
 *
 * PCR_IMAGE gets the sections of the UKI that the kernel came from; PCR_ADDED the words of the
 * command line that did not come from there; PCR_FILES the whole command line, each initrd as it
 * was given, and a kernel that came from no UKI.  What extra_add() has made is not measured once
 * more: its files are sections that PCR_IMAGE has, but for the signature of that PCR's value.
 * Uses memory of the plan's block, which must
 * not be written yet.  A TPM that fails is told in a line and in the report; the boot goes on,
 * unless the image asks to be measured in any case (E_MEASURE).
 *
 * Return: a bit for each PCR that has got all that was for it.
 */
uint32_t measure(struct handoff *h, const struct plan *p, extend_fn *extend, const char *tpm);

#endif
