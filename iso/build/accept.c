// SPDX-License-Identifier: BSD-2-Clause
/*
 * Checks that a file is a complete kernel for this machine.  Called by `lintel build`.  The
 * code that will boot the kernel decides, so nothing is packed that would be refused at
 * boot.  Files that are no kernel get a longer explanation here.
 */
#include "iso/build/accept.h"

#include <string.h>

#include "iso/compressed.h"
#include "iso/examine.h"
#include "iso/file.h"
#include "iso/reject.h"
#include "iso/uki.h"
#include "protocol/cpio.h"
#include "protocol/number.h"

/* Where the magic number of a bzImage ends. */
#define HDRS_END 0x206

/* What is given for a kernel by mistake, by its first bytes, and where the kernel is. */
static const struct other {
	const char *what, *advice;
	size_t size;
	uint8_t magic[9];
} others[] = {
	/* Newer than the frames that a bzImage has in it. */
	{ "is compressed with lz4", "unpack it first, `lz4 -dc FILE > vmlinux`", 4,
	  "\x04\x22\x4d\x18" },
	{ "is an image for U-Boot", "take the kernel out, `dumpimage -p 0 -o vmlinux FILE`", 4,
	  "\x27\x05\x19\x56" },
	{ "is a package", "unpack it, `dpkg-deb -x FILE DIRECTORY`, the kernel is in boot/", 8,
	  "!<arch>\n" },
};

/* The program that unpacks a format has the format's name, but for these. */
static const char *unpacker(const char *format)
{
	return !strcmp(format, "lzo") ? "lzop" : !strcmp(format, "lzma") ? "xz -F lzma" : format;
}

static void refuse_known(const struct file *f, struct span s)
{
	const char *format = compressed_format(s);

	if (format)
		reject(f->path,
		       "is compressed with %s, not a kernel: unpack it first, `%s -dc FILE > "
		       "vmlinux`; if it is an initrd, it belongs to --initrd",
		       format, unpacker(format));
	if (cpio_first_file(s).len)
		reject(f->path, "is an initrd, a cpio archive: give it with --initrd, and the "
				"kernel with --linux");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (s.len >= others[i].size && !memcmp(s.p, others[i].magic, others[i].size))
			reject(f->path, "%s, not a kernel: %s", others[i].what, others[i].advice);
}

/* A packed image of Lintel's is one by either face, although each is a kernel too. */
static bool is_uki(const struct file *f, struct span s)
{
	struct uki u;

	uki_read(&u, f, s);
	return bundle_is_uki(&u.bundle);
}

static void refuse_other(const struct file *f, struct span s)
{
	refuse_known(f, s);
	if (s.len < HDRS_END)
		reject(f->path, "not a kernel: %zu bytes long", s.len);
	reject(f->path,
	       "not a kernel: expected boot_flag 0xaa55 at offset 0x1fe and \"HdrS\" at 0x202, "
	       "found 0x%04x and %02x %02x %02x %02x; or an ELF header at 0, "
	       "found %02x %02x %02x %02x",
	       rd16(s, 0x1fe), s.p[0x202], s.p[0x203], s.p[0x204], s.p[0x205], s.p[0], s.p[1],
	       s.p[2], s.p[3]);
}

/* A kernel is never loaded above 4 GiB, so one that must lie there has no machine. */
static void check_place(const struct kernel *k, const struct file *f)
{
	bool moves = k->relocatable || k->notes.phys32_reloc;
	uint64_t end = (moves ? 0 : k->base) + k->size;

	if (end > FOUR_GIB || (!moves && k->base >= FOUR_GIB))
		reject(f->path,
		       "is an ELF kernel that no PC can load: its segments end at 0x%llx, and must "
		       "end below 4 GiB: link it for lower physical addresses (p_paddr)",
		       (unsigned long long)end);
}

void accept_kernel(struct kernel *k, const struct file *f)
{
	struct span s = examine_file(f);

	if (is_uki(f, s))
		reject(f->path,
		       "is a Unified Kernel Image: give it with --uki, or extract the kernel in it "
		       "with `objcopy -O binary --only-section=.linux`");
	if (kernel_kind(s) == KERNEL_NONE)
		refuse_other(f, s);
	kernel_open(k, (struct blob){ (uintptr_t)s.p, s.len });
	if (k->kind == KERNEL_ELF)
		check_place(k, f);
}

void accept_initrd(const struct file *f, const struct kernel *k)
{
	struct span s = examine_file(f);
	enum kernel_kind kind = kernel_kind(s);

	if (!s.len)
		reject(f->path, "is an empty initrd: leave it out or make it again");
	if (is_uki(f, s))
		reject(f->path, "is a Unified Kernel Image, no initrd: give it with --uki");
	/* Another system's kernel may want a program in place of an initrd. */
	if (kind == KERNEL_ELF && k->kind == KERNEL_ELF && !k->notes.is_linux)
		return;
	if (kind != KERNEL_NONE)
		reject(f->path, "is a kernel or a program, no initrd: a kernel is given with "
				"--linux, an initrd is a cpio archive");
}
