// SPDX-License-Identifier: BSD-2-Clause
/*
 * Checks that a file is a complete kernel for this machine.  Called by `lintel build`.  The
 * code that will boot the kernel decides, so nothing is packed that would be refused at
 * boot.  Files that are no kernel get a longer explanation here.
 */
#include "iso/build/accept.h"

#include "iso/examine.h"
#include "iso/file.h"
#include "iso/reject.h"
#include "shim/face/layout.h"

/* Where the magic number of a bzImage ends. */
#define HDRS_END 0x206

static void refuse_other(const struct file *f, struct span s, enum kernel_kind kind)
{
	if (kind == KERNEL_UKI)
		reject(f->path,
		       "is a Unified Kernel Image: give it with --uki, or extract the kernel in it "
		       "with `objcopy -O binary --only-section=.linux`");
	if (s.len < HDRS_END)
		reject(f->path, "not a kernel: %zu bytes long", s.len);
	reject(f->path,
	       "not a kernel: expected boot_flag 0xaa55 at offset 0x1fe and \"HdrS\" at 0x202, "
	       "found 0x%04x and %02x %02x %02x %02x; or an ELF header at 0, "
	       "found %02x %02x %02x %02x",
	       rd16(s, 0x1fe), s.p[0x202], s.p[0x203], s.p[0x204], s.p[0x205], s.p[0], s.p[1],
	       s.p[2], s.p[3]);
}

void accept_kernel(struct kernel *k, const struct file *f)
{
	struct span s = examine_file(f);
	enum kernel_kind kind = kernel_kind(s);

	if (kind == KERNEL_NONE || kind == KERNEL_UKI)
		refuse_other(f, s, kind);
	kernel_open(k, (struct blob){ (uintptr_t)s.p, s.len });
}
