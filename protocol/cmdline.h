/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the words of a command line begin and end, as Linux splits it.  Used for the kernel's
 * line and for UEFI's load options.  Pure C for any world.
 */
#ifndef PROTOCOL_CMDLINE_H
#define PROTOCOL_CMDLINE_H

#include <stddef.h>

/** cmdline_skip_blanks() - the first byte that is no blank, tab or end of a line */
const char *cmdline_skip_blanks(const char *text);

/** cmdline_word() - bytes of the word that begins here; blanks between quotation marks belong
 *  to it */
size_t cmdline_word(const char *word);

#endif
