/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trying something that may be refused, and going on if it is: refuse.c and call.S.  The
 * unit tests have their own version.
 */
#ifndef BIOS_BOOT_ATTEMPT_H
#define BIOS_BOOT_ATTEMPT_H

#include <stdbool.h>

#include "protocol/say.h"

#define FAILURE_TEXT 160
#define FAILURE_LINE 480 /* with the name of a file before it */

/** struct failure - a refusal whose line is not written yet */
struct failure {
	enum error error;
	char text[FAILURE_TEXT];
};

/** failure - the refusal of the last attempt that failed */
extern struct failure failure;

/**
 * attempt() - call @f; if it refuses, no line is written, and @failure has the reason
 *
 * Return: whether @f returned without a refusal.  Attempts are not nested.
 */
bool attempt(void (*f)(void *), void *argument);

#endif
