/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other programs, which make the file systems of media.
 */
#ifndef ISO_MEDIA_PROGRAM_H
#define ISO_MEDIA_PROGRAM_H

/** program_run() - run a program of the PATH, or refuse where it fails; @argv ends with NULL,
 *  @package is Debian's package that has it */
void program_run(const char *package, const char *const argv[]);

#endif
