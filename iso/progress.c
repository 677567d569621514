// SPDX-License-Identifier: BSD-2-Clause
/*
 * The progress line while a large image is written.  Called by stream.c, and by reject(),
 * which removes it.  Only a person at a terminal sees it; it never gets into a log.
 */
#include "iso/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "iso/terminal.h"

static bool shown;

void progress_show(const char *file, uint64_t done, uint64_t total)
{
	char name[4096];

	if (!isatty(STDERR_FILENO))
		return;
	terminal_clean(name, sizeof(name), file, false);
	fprintf(stderr, "\rlintel: %s: %3u %% of %llu MiB", name, (uint32_t)(done * 100 / total),
		(unsigned long long)(total >> 20));
	shown = true;
}

void progress_clear(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
