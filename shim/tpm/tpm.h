/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our own driver of a TPM 2.0, for doors that have no firmware to call.  64-bit, ring 0, an
 * identity map that is ours; interrupts off.
 */
#ifndef SHIM_TPM_TPM_H
#define SHIM_TPM_TPM_H

#include "protocol/event.h"
#include "protocol/handoff.h"

/** enum tpm_state - what tpm_open() has found */
enum tpm_state {
	TPM_READY,
	TPM_NONE,
	TPM_12,	     /* a TPM 1.2, to which Lintel does not speak */
	TPM_SILENT,  /* there is one, but it does not answer in time */
	TPM_FAILED,  /* it answers with an error */
	TPM_FOREIGN, /* ACPI names a way to start commands that Lintel does not have */
};

/**
 * tpm_open() - find the TPM, start it if nobody has, and ask which banks it has
 * @h: complete but for the plan: map, rsdp and world are read
 *
 * Where none is, a few thousand instructions tell it.  No wait is longer than some seconds,
 * and whoever does not answer once is not asked again.
 */
enum tpm_state tpm_open(const struct handoff *h);

/** tpm_words() - a state in words for the boot report: "ready", "none", "1.2", ... */
const char *tpm_words(enum tpm_state state);

/**
 * tpm_extend() - see extend_fn; false unless tpm_open() said TPM_READY
 *
 * The event joins the log in ACPI's log area, if there is one.  A bank whose hash Lintel does
 * not have gets the SHA-256, cut or filled with zeros, so that nobody can still choose its value.
 */
extend_fn tpm_extend;

/** tpm_close() - leave the TPM as the kernel expects it: idle, and no locality taken.  A silent
 *  one is left as it is, which is what its silence allows. */
void tpm_close(void);

#endif
