/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has signed: the name in a certificate, by libcrypto.
 */
#ifndef ISO_INSPECT_SIGNER_H
#define ISO_INSPECT_SIGNER_H

#include "iso/json.h"

/** signer_of() - the subject of the certificate of a PKCS#7 signature's first signer, or NULL.
 *  Whether the signature is good is not checked. */
json_t *signer_of(struct span pkcs7);

#endif
