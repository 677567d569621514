// SPDX-License-Identifier: BSD-2-Clause
/*
 * Checksums of sections.  Called by --measure and `lintel inspect`.
 */
#include "digest.h"

#include <openssl/evp.h>
#include <stdio.h>

#include "tool.h"

struct digest digest_of(const char *algorithm, struct span s)
{
	const EVP_MD *md = EVP_get_digestbyname(algorithm);
	struct digest d = { .size = 0 };

	if (!md || !EVP_Digest(s.p, s.len, d.bytes, &d.size, md, NULL))
		reject(algorithm, "is a checksum that libcrypto does not make on this machine");
	return d;
}

void digest_print(char text[DIGEST_TEXT], const struct digest *d)
{
	text[0] = '\0';
	for (size_t i = 0; i < d->size; i++)
		snprintf(text + 2 * i, 3, "%02x", d->bytes[i]);
}
