// SPDX-License-Identifier: BSD-2-Clause
/*
 * For --sealed and --measured: writes the lines that protocol/seal.c reads, with the SHA-256 of
 * all that is packed into a sealed image.  Called by `lintel build` before anything is written.
 */
#include "iso/build/seal.h"

#include <stdio.h>
#include <string.h>

#include "iso/allocate.h"
#include "iso/build/request.h"
#include "iso/digest.h"
#include "iso/reject.h"
#include "iso/uki.h"
#include "protocol/extra.h"

static bool is(const char *word, const char *other)
{
	return !strcmp(word, other);
}

static void want_sealed(struct seal *s, const char *word)
{
	s->strict = is(word, "strict");
	s->sealed = s->strict || is(word, "yes");
	if (!s->sealed && !is(word, "no"))
		usage_error("build", "--sealed=%s: there are yes, strict and no", word);
}

void seal_wanted(struct seal *s, const struct request *r, const struct uki *u)
{
	seal_read(s, uki_section(u, ".lintel"));
	if (r->sealed)
		want_sealed(s, r->sealed);
	if (!r->measured)
		return;
	s->must_measure = is(r->measured, "required");
	if (!s->must_measure && !is(r->measured, "no"))
		usage_error("build", "--measured=%s: there are required and no", r->measured);
}

static char *add_digest(char *text, const char *name, struct span contents)
{
	struct digest d = digest_of("sha256", contents);
	char hex[DIGEST_TEXT], line[sizeof("sha256=:\n") + BUNDLE_NAME + DIGEST_TEXT];

	digest_print(hex, &d);
	snprintf(line, sizeof(line), "sha256=%s:%s\n", name, hex);
	return joined(text, line);
}

/* Without the room that is written to at boot. */
static char *add_digests(char *text, struct span image, uint32_t first, const struct text *pcrsig)
{
	struct bundle b = bundle_of(image);
	char name[BUNDLE_NAME];

	for (uint32_t i = first; i < bundle_sections(&b); i++) {
		struct blob s = bundle_section(&b, i, name);

		if (!is(name, EXTRA_ROOM) && !(pcrsig->size && is(name, ".pcrsig")))
			text = add_digest(text, name, span_sub(image, s.base, s.size));
	}
	if (pcrsig->size)
		text = add_digest(text, ".pcrsig",
				  (struct span){ (const uint8_t *)pcrsig->bytes, pcrsig->size });
	return text;
}

void seal_text(struct text *t, const struct seal *s, struct span image, uint32_t first,
	       const struct text *pcrsig)
{
	char *text = joined(s->strict ? "sealed=strict\n" :
			    s->sealed ? "sealed\n" :
					"",
			    s->must_measure ? "measured=required\n" : "");

	if (s->sealed)
		text = add_digests(text, image, first, pcrsig);
	*t = (struct text){ .from = ".lintel", .bytes = text, .size = strlen(text) };
}
