// SPDX-License-Identifier: BSD-2-Clause
/*
 * kexec(8) in little: loads the kernel image that is its argument and starts it.  Linked
 * statically into an initrd of the doors matrix; needs a kernel with kexec_file_load(2).
 */
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int kernel = argc == 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

	if (kernel < 0) {
		fprintf(stderr, "usage: kexec IMAGE\n");
		return 2;
	}
	/* An empty command line: that of the image counts. */
	if (syscall(SYS_kexec_file_load, kernel, -1, 1UL, "",
		    (unsigned long)KEXEC_FILE_NO_INITRAMFS)) {
		perror("kexec_file_load");
		return 1;
	}
	reboot(LINUX_REBOOT_CMD_KEXEC);
	perror("reboot");
	return 1;
}
