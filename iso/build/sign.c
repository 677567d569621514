// SPDX-License-Identifier: BSD-2-Clause
/*
 * Runs sbsign as a child process.  Called by `lintel build` between writing and renaming,
 * so that a failure leaves the old file in place.
 */
#include "iso/build/sign.h"

#include <stdio.h>
#include <sys/wait.h>

#include "iso/child.h"
#include "iso/file.h"
#include "iso/output.h"
#include "iso/reject.h"

#define SAID_MAX 512

/* What the program printed, as one line, since a refusal is one line. */
static void one_line(FILE *from, char *line, size_t size)
{
	size_t n;

	rewind(from);
	n = fread(line, 1, size - 1, from);
	while (n && line[n - 1] == '\n')
		n--;
	line[n] = '\0';
	for (char *p = line; *p; p++)
		if (*p == '\n')
			*p = ' ';
}

/* stdin and the terminal are left to sbsign: openssl asks for a passphrase there. */
static void run(const char *const argv[])
{
	const struct child c = { .argv = argv };
	FILE *said = tmpfile();
	char line[SAID_MAX];
	int status = child_run(&c, said);

	one_line(said, line, sizeof(line));
	fclose(said);
	if (WIFSIGNALED(status))
		reject(argv[0], "was ended by signal %d: %s", WTERMSIG(status), line);
	if (WEXITSTATUS(status) == CHILD_NOT_FOUND)
		reject(argv[0], "is not installed, it signs the image: install it (Debian's "
				"package is sbsigntool), or leave --secureboot-private-key out");
	if (WEXITSTATUS(status))
		reject(argv[0], "does not sign, exit status %d: %s", WEXITSTATUS(status), line);
}

void sign_check(const char *key, const char *certificate)
{
	file_open(key);
	file_open(certificate);
}

struct output *sign_output(struct output *o, const char *key, const char *certificate)
{
	struct output *sealed = output_begin(o->path);
	const char *argv[] = { "sbsign",   "--key",	      key,  "--cert",	  certificate,
			       "--output", sealed->temporary, "--", o->temporary, NULL };

	run(argv);
	output_finish(sealed);
	output_drop(o);
	return sealed;
}
