// SPDX-License-Identifier: BSD-2-Clause
/*
 * Checks the sections of a sealed image.  Called by the doors when all is planned, before
 * anything of it runs.  Pure C for any ring; reads the sections.
 */
#include "shim/seal.h"

#include "protocol/event.h"
#include "protocol/lib.h"
#include "protocol/say.h"

static bool is_equal(struct span hex, const char *text)
{
	return hex.len == strlen(text) && !memcmp(hex.p, text, hex.len);
}

/* "NAME:HEX" */
static void check_section(struct handoff *h, struct span line, hash_fn *hash)
{
	char name[BUNDLE_NAME] = { 0 }, text[2 * SHA256_SIZE + 1];
	uint8_t digest[SHA256_SIZE];
	struct blob s;
	uint32_t n = 0;

	for (; n < BUNDLE_NAME - 1 && rd8(line, n) && rd8(line, n) != ':'; n++)
		name[n] = (char)rd8(line, n);
	s = bundle_place(&h->uki, h->uki_base, name);
	if (!s.size || !hash || !hash(ALG_SHA256, span_at(s.base, s.size), digest))
		die(E_DATA, "the sealed image's section %s cannot be checked, %" U64 " bytes", name,
		    s.size);
	format_hex(text, digest, SHA256_SIZE);
	if (!is_equal(span_from(line, n + 1), text))
		die(E_DATA,
		    "the sealed image is damaged or was changed: section %s has the SHA-256 %s",
		    name, text);
	handoff_report(h, "digest", "%s:%s", name, text);
}

void seal_check(struct handoff *h, hash_fn *hash)
{
	struct span rest = h->seal.text, line;
	uint32_t checked = 0;

	for (; seal_next_digest(&rest, &line); checked++)
		check_section(h, line, hash);
	if (h->seal.sealed && !checked)
		die(E_BUNDLE, "the image is sealed, and its section .lintel has %u checksums",
		    checked);
}
