/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The section .lintel: what whoever packed the image asks of Lintel, a line each.
 *
 *   sealed              nothing that a loader, host or hypervisor adds counts
 *   sealed=strict       the same, and such things are refused
 *   measured=required   without a TPM that takes all measurements, the image does not start
 *   sha256=NAME:HEX     what a section's contents are, 64 hexadecimal digits
 *
 * Read at boot, and by the host tool, which writes it.  Pure; any world.
 */
#ifndef PROTOCOL_SEAL_H
#define PROTOCOL_SEAL_H

#include <stdbool.h>

#include "protocol/span.h"

/**
 * struct seal
 * @text:         the section
 * @sealed:       what is packed counts, and nothing else
 * @strict:       refuse what is added, instead of leaving it out
 * @must_measure: refuse to start unmeasured
 */
struct seal {
	struct span text;
	bool sealed, strict, must_measure;
};

/** seal_read() - what the lines say; refuses a line that is not known (E_BUNDLE) */
void seal_read(struct seal *s, struct span text);

/** seal_next_digest() - find the next line sha256= of @rest, and take it off
 *  @line: gets NAME:HEX
 *  Return: false where there is none. */
bool seal_next_digest(struct span *rest, struct span *line);

#endif
