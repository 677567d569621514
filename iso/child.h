/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other programs that the tool runs: sbsign and xorriso.
 */
#ifndef ISO_CHILD_H
#define ISO_CHILD_H

#include <stdbool.h>
#include <stdio.h>

/* The exit statuses with which a shell says the same. */
#define CHILD_NOT_STARTED 126
#define CHILD_NOT_FOUND 127

/**
 * struct child - a program to be run
 * @argv:      its words; the first is looked for in the PATH, NULL ends them
 * @directory: where it runs; NULL for here
 * @silent:    it gets no stdin, so it cannot ask
 */
struct child {
	const char *const *argv;
	const char *directory;
	bool silent;
};

/** child_run() - returns its status as wait() has it; what it printed is in @said */
int child_run(const struct child *c, FILE *said);

/** child_end() - end the program that runs now, if one does; a signal's handler may call this */
void child_end(void);

#endif
