/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the system finds in /.extra of its initrd: sections of the UKI that it was booted from.
 */
#ifndef SHIM_EXTRA_H
#define SHIM_EXTRA_H

#include "protocol/extra.h"
#include "protocol/handoff.h"

/**
 * extra_add() - add an archive with the UKI's .pcrsig, .pcrpkey, .profile and .osrel behind the
 * initrds, once
 * @headers: EXTRA_HEADERS bytes to write to; they must stay until the initrds have been moved
 *
 * As with systemd's stub they become /.extra/tpm2-pcr-signature.json and so on.  It is written
 * into the section .extra, which `lintel build` puts behind .initrd, so that no initrd has to be
 * moved; where that is missing or too small, the archive is made of pieces which lie where they
 * are.  A kernel that came from no UKI, or has no initrd, gets nothing.
 */
void extra_add(struct handoff *h, uint64_t headers);

#endif
