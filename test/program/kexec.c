// SPDX-License-Identifier: BSD-2-Clause
/*
 * kexec(8) in little: loads a kernel image, with a command line if one is given, and starts
 * it.  Linked statically into initrds of the tests; needs a kernel with kexec_file_load(2).
 */
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	const char *cmdline = argc == 3 ? argv[2] : "";
	int kernel = argc == 2 || argc == 3 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

	if (kernel < 0) {
		fprintf(stderr, "usage: kexec IMAGE [CMDLINE]\n");
		return 2;
	}
	/* Where it is empty, that of the image counts. */
	if (syscall(SYS_kexec_file_load, kernel, -1, strlen(cmdline) + 1, cmdline,
		    (unsigned long)KEXEC_FILE_NO_INITRAMFS)) {
		perror("kexec_file_load");
		return 1;
	}
	reboot(LINUX_REBOOT_CMD_KEXEC);
	perror("reboot");
	return 1;
}
