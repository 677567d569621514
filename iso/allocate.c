// SPDX-License-Identifier: BSD-2-Clause
/*
 * Memory.  Called by every subcommand.  Most of it is never freed, since the program ends
 * soon.
 */
#include "iso/allocate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iso/reject.h"

void *allocate(size_t n)
{
	void *p = calloc(1, n ? n : 1);

	if (!p)
		reject("memory", "%zu bytes were asked for and there are none", n);
	return p;
}

char *joined(const char *a, const char *b)
{
	size_t size = strlen(a) + strlen(b) + 1;
	char *text = allocate(size);

	snprintf(text, size, "%s%s", a, b);
	return text;
}
