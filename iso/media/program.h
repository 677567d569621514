/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other programs, of which the media are made.
 */
#ifndef ISO_MEDIA_PROGRAM_H
#define ISO_MEDIA_PROGRAM_H

/** program_run() - run a program of the PATH that must succeed; @argv ends with NULL, @package
 *  is what Debian calls the package that has it */
void program_run(const char *package, const char *const argv[]);

#endif
