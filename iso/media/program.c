// SPDX-License-Identifier: BSD-2-Clause
/*
 * Runs the program that makes CDs.  Called by `lintel iso`; returns when the program has ended.
 *
 * xorriso gives "=", "-", "\" and more in a file's name a meaning of its own.  So it never sees
 * the user's names: it runs in the directory of the output, where the temporary names of all
 * outputs have letters, digits and a dot only.
 */
#include "iso/media/program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "iso/allocate.h"
#include "iso/child.h"
#include "iso/output.h"
#include "iso/reject.h"
#include "iso/terminal.h"

const char *program_output(const struct output *o)
{
	const char *slash = strrchr(o->temporary, '/');

	return slash ? slash + 1 : o->temporary;
}

/* The directory of an output; NULL for the present one. */
static const char *directory_of(const struct output *o)
{
	const char *name = program_output(o);
	char *directory;

	if (name == o->temporary)
		return NULL;
	directory = joined(o->temporary, "");
	directory[name - o->temporary] = '\0';
	return directory;
}

static void repeat_output(FILE *said)
{
	char *line = NULL;
	size_t size = 0;

	rewind(said);
	while (getline(&line, &size, said) > 0) {
		terminal_clean(line, size, line, true);
		fputs(line, stderr);
	}
	free(line);
}

void program_run(const char *package, const struct output *to, const char *const argv[])
{
	const struct child c = { .argv = argv, .directory = directory_of(to), .silent = true };
	FILE *said = tmpfile();
	int status = child_run(&c, said);

	if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_NOT_FOUND)
		reject(argv[0], "is not installed (Debian: apt-get install %s)", package);
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		repeat_output(said);
		reject(argv[0], "failed with status 0x%x, its own words are above",
		       (unsigned int)status);
	}
	fclose(said);
}
