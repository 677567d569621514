/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keys that policies of a TPM are signed with.
 */
#ifndef ISO_BUILD_KEY_H
#define ISO_BUILD_KEY_H

#include <openssl/evp.h>

#include "iso/build/text.h"
#include "iso/digest.h"

/**
 * struct key - an RSA key
 * @file: what it was read from
 * @fingerprint: SHA-256 of its public half, PKCS #1 in DER, as systemd has it
 */
struct key {
	const struct file *file;
	EVP_PKEY *pkey;
	char fingerprint[DIGEST_TEXT];
};

/** key_private() - read a private key, PEM; where it is encrypted, libcrypto asks for the
 *  passphrase; refuses what is no RSA key */
struct key *key_private(const char *path);

/** key_public() - read a public key, PEM; refuses what is no RSA key */
struct key *key_public(const char *path);

/** key_check_pair() - refuse a public key that belongs to another private key */
void key_check_pair(const struct key *private, const struct key *public);

/** key_pem() - the public half as text */
void key_pem(struct text *t, const struct key *k);

/** key_sign() - RSA PKCS #1 v1.5 over the SHA-256 of @s, in base64 and with a NUL */
char *key_sign(const struct key *k, struct span s);

#endif
