/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The newc cpio format, as far as finding early files needs it (Linux,
 * Documentation/driver-api/early-userspace/buffer-format.rst).  Pure; any world.
 */
#ifndef PROTOCOL_CPIO_H
#define PROTOCOL_CPIO_H

#include <stdbool.h>

#include "span.h"

/**
 * cpio_is_early() - whether an initrd begins with CPU microcode or ACPI tables
 *
 * Linux looks for kernel/x86/microcode/ and kernel/firmware/acpi/ only in an
 * uncompressed archive at the very beginning of the initrd, so such an archive must
 * come first.
 */
bool cpio_is_early(struct span s);

#endif
