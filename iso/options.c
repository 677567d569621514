// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading options.  Called by every subcommand, before it does anything else.  Touches
 * nothing but stdout and stderr.
 */
#include "iso/options.h"

#include <stdio.h>
#include <stdlib.h>

#include "iso/reject.h"

int options_next(int argc, char **argv, const struct command *command, const struct option *names,
		 int *index)
{
	int c = getopt_long(argc, argv, "", names, index);

	if (c == '?') {
		fprintf(stderr, "lintel: see `lintel %s --help`\n", command->name);
		exit(STATUS_USAGE);
	}
	if (c == 'h') {
		puts(command->help);
		printed();
		exit(STATUS_DONE);
	}
	return c;
}

void list_add(struct list *l, const char *value)
{
	const char **more = realloc(l->value, (l->count + 1) * sizeof(*more));

	if (!more)
		reject(value, "no memory for another of its kind");
	l->value = more;
	l->value[l->count++] = value;
}
