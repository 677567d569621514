/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SMBIOS (DSP0134 3.7): words for the kernel's command line, which whoever runs a virtual machine
 * gives it from outside.  Pure C for any world; reads the firmware's tables.
 */
#ifndef PROTOCOL_SMBIOS_H
#define PROTOCOL_SMBIOS_H

#include <lintel/linux.h>

#include "protocol/span.h"

/**
 * smbios_words() - the text after io.systemd.stub.kernel-cmdline-extra=, as systemd's stub has it
 * @efi: names UEFI's system table; where there is none, the BIOS's area is searched
 *
 * Looks for it in the strings of structures of type 11, and takes the first.  Return: the words,
 * without a NUL; empty for none.
 */
struct span smbios_words(const struct efi_info *efi);

#endif
