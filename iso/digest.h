/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checksums: of sections, by libcrypto, and the one that an image has in it.
 */
#ifndef ISO_DIGEST_H
#define ISO_DIGEST_H

#include "protocol/span.h"

#define DIGEST_MAX 64
#define DIGEST_TEXT (2 * DIGEST_MAX + 1)

/** struct digest - a checksum of @size bytes */
struct digest {
	uint8_t bytes[DIGEST_MAX];
	unsigned int size;
};

/** digest_of() - the checksum of bytes by "sha1", "sha256", "sha384" or "sha512" */
struct digest digest_of(const char *algorithm, struct span s);

/** digest_image() - whether an image's own checksum (bios/boot/sum.h) is "ok", "wrong" or "none" */
const char *digest_image(struct span f);

/** digest_print() - in hexadecimal */
void digest_print(char text[DIGEST_TEXT], const struct digest *d);

#endif
