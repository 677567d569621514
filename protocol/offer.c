// SPDX-License-Identifier: BSD-2-Clause
/*
 * Decides what Lintel uses of the files that a loader offers: which one is the kernel,
 * which ones are initrds, and what Secure Boot forbids.  The command line is in cmdline.c.
 * Called by the readers and by lintel().  Pure C for any world; reads files only to see
 * what they are.
 */
#include "protocol/bundle.h"
#include "protocol/cpio.h"
#include "protocol/handoff.h"
#include "protocol/kernel.h"
#include "protocol/lib.h"
#include "protocol/say.h"

/* If the loader cannot say whether Secure Boot is on, and may run on UEFI, a signed image
 * means that it may be: whoever signed the image wants signatures to count. */
bool handoff_secure_boot(const struct handoff *h)
{
	switch (h->bp.secure_boot) {
	case SECURE_BOOT_DISABLED:
		return false;
	case SECURE_BOOT_UNSET:
		return h->is_signed && (h->may_be_uefi || h->bp.efi_info.efi_loader_signature);
	default:
		return true;
	}
}

/* A loader that verifies files has verified only us, so checking what we start is our task. */
static bool may_be_enforced(const struct handoff *h)
{
	return h->bp.secure_boot != SECURE_BOOT_DISABLED &&
	       (handoff_secure_boot(h) || h->is_signed || h->bp.efi_info.efi_loader_signature);
}

bool handoff_kernel(struct handoff *h, struct blob file)
{
	struct span bytes = span_at(file.base, file.size);
	enum kernel_kind kind = kernel_kind(bytes);
	struct bundle uki;

	if (kind == KERNEL_NONE)
		return false;
	if (may_be_enforced(h))
		die(E_SECURE_BOOT,
		    "Secure Boot: the kernel at %" X64 " is not signed with the image: pack it",
		    file.base);
	h->kernel = file;
	if (kind == KERNEL_UKI) {
		uki = bundle_of(bytes);
		bundle_open(&uki, file.base, h);
	}
	return true;
}

void handoff_check_kernel(const struct handoff *h)
{
	if (h->kernel.size)
		return;
	if (h->is_partial)
		die(E_REPACK,
		    "no kernel in what is loaded of this image: pack one with lintel build, or "
		    "give one as initrd; if ukify or objcopy packed it: lintel build --uki=IMAGE");
	die(E_NO_KERNEL, "no kernel: pass a bzImage or an ELF kernel as a module, or pack one with "
			 "lintel build");
}

void handoff_leave_out(struct handoff *h, const char *what)
{
	say("lintel: Secure Boot: the loader's %s is left out, the image has its own\n", what);
	handoff_report(h, "dropped", "%s", what);
}

bool handoff_wants_initrd(struct handoff *h)
{
	if (!h->own_initrd || !handoff_secure_boot(h))
		return true;
	handoff_leave_out(h, "initrd");
	return false;
}

static void check_module(const struct handoff *h, uint64_t base, uint64_t size)
{
	if (size > UINT64_MAX - base || !map_is_ram(&h->map, base, base + size))
		die(E_MODULE, "module at %" X64 ", size %" X64 ", does not lie in RAM", base, size);
}

void handoff_module(struct handoff *h, uint64_t base, uint64_t size, struct span string)
{
	struct blob file = { base, size };

	if (!size)
		return;
	check_module(h, base, size);
	map_use(&h->map, base, base + size);
	if (!h->kernel.size && handoff_kernel(h, file))
		handoff_cmdline(h, string);
	else if (handoff_wants_initrd(h))
		handoff_initrd(h, file);
}

/* The kernel that is the first file of an archive; empty for none. */
static struct blob archived_kernel(struct blob ramdisk)
{
	struct span archive = span_at(ramdisk.base, ramdisk.size);
	struct span file = cpio_first_file(archive);

	if (kernel_kind(file) == KERNEL_NONE)
		return (struct blob){ 0 };
	return (struct blob){ ramdisk.base + (uint64_t)(file.p - archive.p), file.len };
}

/* The kernel at the beginning of a ramdisk, or all of the ramdisk if there is none. */
static struct blob first_part(struct handoff *h, struct blob ramdisk)
{
	struct span file = span_at(ramdisk.base, ramdisk.size);
	struct blob kernel = archived_kernel(ramdisk);
	uint64_t end = kernel_end(file);

	if (h->kernel.size)
		return ramdisk;
	if (kernel.size)
		return kernel;
	return (struct blob){ ramdisk.base, end < file.len ? end : ramdisk.size };
}

void handoff_ramdisk(struct handoff *h, uint64_t base, uint64_t size)
{
	struct span file = span_at(base, size), no_words = span_sub(file, 0, 0);
	struct blob first;
	uint64_t end;

	check_module(h, base, size);
	first = first_part(h, (struct blob){ base, size });
	handoff_module(h, first.base, first.size, no_words);
	/* Skip the padding between files. */
	end = first.base - base + first.size;
	while (end < size && !rd8(file, end))
		end++;
	handoff_module(h, base + end, size - end, no_words);
}
