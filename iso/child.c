// SPDX-License-Identifier: BSD-2-Clause
/*
 * Runs other programs.  Called by `lintel build` where it signs, and `lintel iso`.
 *
 * No program outlives the tool: it would go on writing files that nobody removes any more.
 * Where the tool can still act it ends the program itself; where it is killed the kernel does.
 */
#include "iso/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "iso/reject.h"

/* The program that runs now; 0 for none. */
static volatile pid_t running;

/* In the child.  Its output goes to @said, which the user sees where it fails. */
__attribute__((noreturn)) static void exec_program(const struct child *c, int said)
{
	if (c->silent)
		dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(said, STDOUT_FILENO);
	dup2(said, STDERR_FILENO);
	if (c->directory && chdir(c->directory) < 0)
		_exit(CHILD_NOT_STARTED);
	execvp(c->argv[0], (char *const *)c->argv);
	_exit(errno == ENOENT ? CHILD_NOT_FOUND : CHILD_NOT_STARTED);
}

/* All signals wait while a child is being made: its handlers are the tool's until it has
 * become another program, and the tool must know of it before it can end it. */
static pid_t start(const struct child *c, int said)
{
	pid_t tool = getpid(), pid;
	sigset_t all, old;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != tool)
			_exit(CHILD_NOT_STARTED);
		for (int sig = 1; sig < NSIG; sig++)
			if (signal(sig, SIG_DFL) == SIG_IGN)
				signal(sig, SIG_IGN);
		sigprocmask(SIG_SETMASK, &old, NULL);
		exec_program(c, said);
	}
	running = pid > 0 ? pid : 0;
	sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

int child_run(const struct child *c, FILE *said)
{
	pid_t pid = said ? start(c, fileno(said)) : -1;
	int status;

	if (pid < 0)
		reject(c->argv[0], "cannot be run: %s", strerror(errno));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			reject(c->argv[0], "cannot be waited for: %s", strerror(errno));
	running = 0;
	return status;
}

void child_end(void)
{
	if (!running)
		return;
	kill(running, SIGKILL);
	/* Until it has ended it may still make a file. */
	while (waitpid(running, NULL, 0) < 0 && errno == EINTR)
		;
	running = 0;
}
