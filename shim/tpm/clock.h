/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time limits.  64-bit, ring 0.
 */
#ifndef SHIM_TPM_CLOCK_H
#define SHIM_TPM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* A TPM's registers react within 2 seconds (TIMEOUT_B, the longest of the four; TCG PC Client
 * Platform TPM Profile 1.05, section 6.5.2). */
#define CLOCK_REGISTER 2000
/* The commands that are used here take some milliseconds, and one or two seconds while the TPM
 * still tests itself. */
#define CLOCK_COMMAND 5000

/** clock_after() - when so many milliseconds from now will have passed */
uint64_t clock_after(uint32_t milliseconds);

/** clock_passed() - whether that is now */
bool clock_passed(uint64_t end);

/** clock_pause() - do nothing for so long */
void clock_pause(uint32_t milliseconds);

#endif
