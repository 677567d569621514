/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernels out of images for 64-bit firmware, which 32-bit firmware cannot start itself.
 */
#ifndef EFI_IA32_NEIGHBOUR_H
#define EFI_IA32_NEIGHBOUR_H

#include "protocol/handoff.h"

/** efi_load_newest() - take the newest UKI of \EFI\Linux */
void efi_load_newest(struct handoff *h);
/** efi_load_neighbour() - take the UKI for 64-bit firmware that lies beside our image */
void efi_load_neighbour(struct handoff *h);

#endif
