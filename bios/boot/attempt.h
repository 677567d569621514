/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trying something that may be refused, and going on then: refuse.c and call.S.  The unit
 * tests have their own.
 */
#ifndef BIOS_BOOT_ATTEMPT_H
#define BIOS_BOOT_ATTEMPT_H

#include <stdbool.h>

#include "protocol/say.h"

#define FAILURE_TEXT 160
#define FAILURE_LINE 480 /* with the name of a file in front */

/** struct failure - a refusal whose line is not said yet */
struct failure {
	enum error error;
	char text[FAILURE_TEXT];
};

/** failure - the refusal of the last attempt that failed */
extern struct failure failure;

/**
 * attempt() - call @f; where it refuses, nothing is said, and @failure has the reason
 *
 * Return: whether it came back by itself.  Attempts are not nested.
 */
bool attempt(void (*f)(void *), void *argument);

#endif
