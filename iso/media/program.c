// SPDX-License-Identifier: BSD-2-Clause
/*
 * Runs other programs.  Called where media are made; returns when the program has ended.
 */
#include "iso/media/program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "iso/reject.h"

#define EXIT_NO_PROGRAM 127 /* as the shell has it */

/* In the child.  Its output goes to @said, which the user sees where it fails. */
__attribute__((noreturn)) static void exec_program(const char *const argv[], int said)
{
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(said, STDOUT_FILENO);
	dup2(said, STDERR_FILENO);
	execvp(argv[0], (char *const *)argv);
	_exit(errno == ENOENT ? EXIT_NO_PROGRAM : EXIT_NO_PROGRAM - 1);
}

static void repeat_output(FILE *said)
{
	int c;

	rewind(said);
	while ((c = fgetc(said)) != EOF)
		fputc(c, stderr);
}

void program_run(const char *package, const char *const argv[])
{
	FILE *said = tmpfile();
	pid_t child = said ? fork() : -1;
	int status = 0;

	if (child == 0)
		exec_program(argv, fileno(said));
	if (child < 0)
		reject(argv[0], "cannot be run: %s", strerror(errno));
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_PROGRAM)
		reject(argv[0], "is not installed (Debian: apt-get install %s)", package);
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		repeat_output(said);
		reject(argv[0], "failed with status 0x%x, its own words are above",
		       (unsigned int)status);
	}
	fclose(said);
}
