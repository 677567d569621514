// SPDX-License-Identifier: BSD-2-Clause
/*
 * A line that moves while a large image is written.  Called by the writers; only
 * a person at a terminal sees it, a log never does.
 */
#include "iso/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static bool shown;

void progress_show(const char *file, uint64_t done, uint64_t total)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\rlintel: %s: %3u %% of %llu MiB", file, (uint32_t)(done * 100 / total),
		(unsigned long long)(total >> 20));
	shown = true;
}

void progress_clear(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
