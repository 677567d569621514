/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all subcommands do alike with their command lines: help, options that do not
 * exist, options that may be given several times.
 */
#ifndef ISO_OPTIONS_H
#define ISO_OPTIONS_H

#include <getopt.h>
#include <stdint.h>

/** struct command - a subcommand and what its --help prints, without the last newline */
struct command {
	const char *name, *help;
};

/**
 * options_next() - the next option's `val`, -1 after the last one
 * @index: the option's place in @names; NULL where the caller does not need it
 *
 * Ends the program after an option that is not in @names, and after --help, whose `val`
 * is 'h'.
 */
int options_next(int argc, char **argv, const struct command *command, const struct option *names,
		 int *index);

/**
 * struct list - values of an option that may be given several times, in that order
 */
struct list {
	const char **value;
	uint32_t count;
};

/** list_add() - another value at the end */
void list_add(struct list *l, const char *value);

#endif
