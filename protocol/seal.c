// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads the section .lintel, line by line.  Called when a UKI is opened, and when its sections
 * are checked.  Pure C for any world; reads the text.
 */
#include "protocol/seal.h"

#include "protocol/lib.h"
#include "protocol/say.h"

#define KEY "sha256="
#define KEY_SIZE (sizeof(KEY) - 1)

/* The next line without its end; false at the text's end. */
static bool next_line(struct span *rest, struct span *line)
{
	size_t n = 0;

	if (!rest->len)
		return false;
	while (n < rest->len && rest->p[n] != '\n' && rest->p[n])
		n++;
	*line = span_sub(*rest, 0, n);
	*rest = span_from(*rest, n + 1);
	return true;
}

static bool is(struct span line, const char *text)
{
	return line.len == strlen(text) && !memcmp(line.p, text, line.len);
}

static bool is_digest(struct span line)
{
	return line.len > KEY_SIZE && !memcmp(line.p, KEY, KEY_SIZE);
}

void seal_read(struct seal *s, struct span text)
{
	struct span rest = text, line;

	*s = (struct seal){ .text = text };
	while (next_line(&rest, &line)) {
		bool strict = is(line, "sealed=strict"), sealed = strict || is(line, "sealed");
		bool measured = is(line, "measured=required");

		if (line.len && !sealed && !measured && !is_digest(line))
			die(E_BUNDLE,
			    "the image's section .lintel asks for what this version does not know, "
			    "%" U64 " bytes before its end: pack it with this version's lintel",
			    (uint64_t)(rest.len + line.len));
		s->sealed |= sealed;
		s->strict |= strict;
		s->must_measure |= measured;
	}
}

bool seal_next_digest(struct span *rest, struct span *line)
{
	while (next_line(rest, line))
		if (is_digest(*line)) {
			*line = span_from(*line, KEY_SIZE);
			return true;
		}
	return false;
}
