// SPDX-License-Identifier: BSD-2-Clause
/*
 * The host tool `lintel`: finds the subcommand and runs it.  A new subcommand is
 * one file with its X_main(), declared in subcommands.h, and one line in the table.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "iso/reject.h"
#include "iso/subcommands.h"

static const struct subcommand {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
} subcommands[] = {
	{ "build", "pack a kernel, initrds and a command line into one image", build_main },
	{ "inspect", "say what a file is and what is in it", inspect_main },
	{ "explain", "say which loaders accept a file, and why the others do not", explain_main },
	{ "iso", "make a CD image that boots by itself, on a BIOS and on UEFI", iso_main },
	{ "disk", "make a disk image that boots by itself, on a BIOS and on UEFI", disk_main },
};

#define SUBCOMMANDS (sizeof(subcommands) / sizeof(subcommands[0]))

static void usage(FILE *to)
{
	fputs("usage: lintel SUBCOMMAND [OPTION]...\n"
	      "       lintel --help | --version\n\n"
	      "subcommands (each has its own --help):\n",
	      to);
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		fprintf(to, "  %-8s %s\n", subcommands[i].name, subcommands[i].summary);
	fputs("\nexit status: 0 done, 1 refused with the reason, 2 usage\n", to);
}

/* A file that is opened must not become stdin, stdout or stderr where the caller has closed
 * these.  Writing to what is opened for reading fails, as it should. */
static void open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* Each input stays open, so that it cannot be replaced meanwhile, and there may be thousands. */
static void raise_limit(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0)
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

static int find_and_run(int argc, char **argv)
{
	for (size_t i = 0; i < SUBCOMMANDS; i++)
		if (!strcmp(argv[1], subcommands[i].name))
			return subcommands[i].run(argc - 1, argv + 1);
	usage_error(NULL, "no subcommand \"%s\"", argv[1]);
}

int main(int argc, char **argv)
{
	int status = STATUS_DONE;

	open_standard();
	raise_limit();
	if (argc < 2) {
		usage(stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--help"))
		usage(stdout);
	else if (!strcmp(argv[1], "--version"))
		puts("lintel " LINTEL_VERSION);
	else
		status = find_and_run(argc, argv);
	printed();
	return status;
}
