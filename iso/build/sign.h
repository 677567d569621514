/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signing a finished PE file for Secure Boot.  Called by `lintel build`; sbsign does
 * the work.
 */
#ifndef ISO_BUILD_SIGN_H
#define ISO_BUILD_SIGN_H

struct output;

/** sign_check() - check that both files exist; no output may replace them */
void sign_check(const char *key, const char *certificate);

/**
 * sign_output() - have sbsign sign a finished file
 * @o:           finished, not yet committed; dropped when all is well
 * @key:         private key, PEM; where it is encrypted, openssl asks for the passphrase
 * @certificate: PEM
 *
 * Return: the signed file, finished, for the same place
 */
struct output *sign_output(struct output *o, const char *key, const char *certificate);

#endif
