// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reading options.  Called by every subcommand, before it does anything else.  Touches
 * nothing but stdout and stderr.
 */
#include "iso/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iso/reject.h"

/* getopt would print the words of the command line as they are. */
__attribute__((noreturn)) static void refuse(int c, char **argv, const char *name)
{
	const char *word = argv[optind - 1];

	if (c == ':')
		usage_error(name, "%s needs a value", word);
	if (strncmp(word, "--", 2) != 0)
		usage_error(name, "there is no option -%c", optopt);
	usage_error(name, "%s is no option, could be several, or takes no value", word);
}

int options_next(int argc, char **argv, const struct command *command, const struct option *names,
		 int *index)
{
	int c = getopt_long(argc, argv, ":", names, index);

	if (c == '?' || c == ':')
		refuse(c, argv, command->name);
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
