// SPDX-License-Identifier: BSD-2-Clause
/*
 * Runs sbsign as a child process.  Called by `lintel build` between writing and
 * renaming, so that where signing fails, the user keeps the file that was there.
 */
#include "iso/build/sign.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "iso/file.h"
#include "iso/output.h"
#include "iso/reject.h"

#define SAID_MAX 512

extern char **environ;

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

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			reject("sbsign", "cannot be waited for: %s", strerror(errno));
	return status;
}

/* stdin and the terminal are left to sbsign: openssl asks for a passphrase there. */
static pid_t spawn(char **argv, FILE *said)
{
	posix_spawn_file_actions_t to_said;
	pid_t pid;
	int error;

	posix_spawn_file_actions_init(&to_said);
	posix_spawn_file_actions_adddup2(&to_said, fileno(said), STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&to_said, fileno(said), STDERR_FILENO);
	error = posix_spawnp(&pid, argv[0], &to_said, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&to_said);
	if (error == ENOENT)
		reject(argv[0], "is not installed, it signs the image: install it (Debian's "
				"package is sbsigntool), or leave --secureboot-private-key out");
	if (error)
		reject(argv[0], "cannot be started: %s", strerror(error));
	return pid;
}

static void run(char **argv)
{
	FILE *said = tmpfile();
	char line[SAID_MAX];
	int status;

	if (!said)
		reject("sbsign", "no temporary file for what it says: %s", strerror(errno));
	status = wait_for(spawn(argv, said));
	one_line(said, line, sizeof(line));
	fclose(said);
	if (WIFSIGNALED(status))
		reject(argv[0], "was ended by signal %d: %s", WTERMSIG(status), line);
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
	const char *argv[] = { "sbsign",   "--key",	      key,	    "--cert", certificate,
			       "--output", sealed->temporary, o->temporary, NULL };

	run((char **)argv);
	output_finish(sealed);
	output_drop(o);
	return sealed;
}
