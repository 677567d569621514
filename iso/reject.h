/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the tool ends: at the first error, with one line that says why.
 */
#ifndef ISO_REJECT_H
#define ISO_REJECT_H

/** enum status - exit status, the same for every subcommand */
enum status { STATUS_DONE = 0, STATUS_REFUSED = 1, STATUS_USAGE = 2 };

/**
 * reject() - end with status 1 and one line for the user, outputs removed
 * @file: the file (or option) that the line is about
 *
 * The line says what is wrong, which value, and what to do.  The name is not refuse(),
 * since protocol/ declares a function of that name.
 */
__attribute__((noreturn, format(printf, 2, 3))) void reject(const char *file, const char *format,
							    ...);

/** notice() - a line that a user should read, though all goes on */
__attribute__((format(printf, 2, 3))) void notice(const char *file, const char *format, ...);

/** reject_after() - have @undo called before the line is printed; there is one such function */
void reject_after(void (*undo)(void));

/** reject_undo() - what reject() does first; a signal's handler may call this */
void reject_undo(void);

/** printed() - refuse where text for stdout got lost; called when all of it is printed */
void printed(void);

/** usage_error() - end with status 2: the command line itself makes no sense
 *  @subcommand: whose help tells more; NULL for the tool's own */
__attribute__((noreturn, format(printf, 2, 3))) void usage_error(const char *subcommand,
								 const char *format, ...);

#endif
