// SPDX-License-Identifier: BSD-2-Clause
/*
 * Looks for the version of Linux in a kernel's file.  Called by `lintel build` where no
 * option gives the version.  Reads the kernel's bytes and nothing else.
 */
#define _GNU_SOURCE
#include "iso/build/uname.h"

#include <ctype.h>
#include <string.h>

#include "protocol/formats.h"
#include "protocol/kernel.h"

/* Linux prints this when it starts. */
#define BANNER "Linux version "

/* "6.1.0-18-amd64 (builder@host) ...".  Other programs with a setup header have other names. */
static struct span version_at(struct span s)
{
	size_t n = 0;

	while (n < s.len && isgraph(s.p[n]))
		n++;
	return isdigit(rd8(s, 0)) && rd8(s, n) == ' ' && rd8(s, n + 1) == '(' ? span_sub(s, 0, n) :
										span_sub(s, 0, 0);
}

/* The text is in the file several times, also as a format for printing. */
static struct span find_banner(struct span s)
{
	static const char banner[] = BANNER;
	const size_t n = sizeof(banner) - 1;
	const uint8_t *at;

	while (s.len && (at = memmem(s.p, s.len, banner, n))) {
		struct span version;

		s = span_from(s, (size_t)(at - s.p) + n);
		version = version_at(s);
		if (version.len)
			return version;
	}
	return span_sub(s, 0, 0);
}

struct span uname_of(const struct kernel *k)
{
	struct span f = span_at(k->file.base, k->file.size);
	struct bzimage b;

	return bzimage_open(&b, f) ? version_at(b.name) : find_banner(f);
}
