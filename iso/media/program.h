/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other programs, which make the file systems of media.
 */
#ifndef ISO_MEDIA_PROGRAM_H
#define ISO_MEDIA_PROGRAM_H

struct output;

/** program_output() - the name of an unfinished output for a program that runs beside it */
const char *program_output(const struct output *o);

/**
 * program_run() - run a program of the PATH, or refuse where it fails
 * @package: Debian's package that has it
 * @to:      the program runs in the directory of this output
 * @argv:    ends with NULL
 */
void program_run(const char *package, const struct output *to, const char *const argv[]);

#endif
