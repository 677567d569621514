/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hashes that TPMs know.  libcrypto's code does the work, which uses vector registers:
 * all of xmm0 to xmm15 are changed.  64-bit, any ring.
 */
#ifndef SHIM_HASH_HASH_H
#define SHIM_HASH_HASH_H

#include "protocol/event.h"

/* The longest digest. */
#define HASH_MAX 64

/** hash_size() - bytes of a digest; 0 where the algorithm is not known here */
size_t hash_size(uint16_t algorithm);

/**
 * hash_span() - the digest of all of a span, hash_size() bytes
 *
 * Whoever asks again for the same bytes, which must not have changed, gets a digest that was
 * kept; a short span, which may be a buffer with other words, is hashed each time.
 *
 * Return: false where the algorithm is not known here; then nothing is written.
 */
bool hash_span(uint16_t algorithm, struct span s, uint8_t *digest);

#endif
