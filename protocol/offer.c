// SPDX-License-Identifier: BSD-2-Clause
/*
 * Decides what Lintel uses of the files that a loader offers: which one is the kernel,
 * which ones are initrds, and what Secure Boot forbids.  The command line is in cmdline.c.
 * Called by the readers and by lintel_plan().  Pure C for any world; reads files only to see
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

/* A sealed UKI that another Lintel opens has nothing to do with what was given before it. */
static void drop_initrds(struct handoff *h, uint32_t n)
{
	if (!n || !h->seal.sealed)
		return;
	handoff_leave_out(h, "initrd");
	h->initrds -= n;
	for (uint32_t i = 0; i < h->initrds; i++)
		h->initrd[i] = h->initrd[i + n];
}

static void take_kernel(struct handoff *h, struct blob file, enum kernel_kind kind)
{
	uint32_t before = h->initrds;
	struct bundle uki;

	if (may_be_enforced(h))
		die(E_SECURE_BOOT,
		    "Secure Boot: the kernel at %" X64 " is not signed with the image: pack it",
		    file.base);
	h->kernel = file;
	if (kind == KERNEL_UKI) {
		uki = bundle_of(span_at(file.base, file.size));
		bundle_open(&uki, file.base, h);
		drop_initrds(h, before);
	}
}

bool handoff_kernel(struct handoff *h, struct blob file)
{
	enum kernel_kind kind = kernel_kind(span_at(file.base, file.size));

	if (kind == KERNEL_NONE)
		return false;
	take_kernel(h, file, kind);
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
	if (h->seal.strict)
		die(E_SEALED, "sealed image: the loader gives %s of its own: take it out there",
		    what);
	say("lintel: %s: the loader's %s is left out, the image has its own\n",
	    h->seal.sealed ? "sealed image" : "Secure Boot", what);
	handoff_report(h, "dropped", "%s", what);
}

bool handoff_keeps_line(const struct handoff *h)
{
	return h->seal.sealed || (h->bundled_cmdline.len && handoff_secure_boot(h));
}

bool handoff_wants_initrd(struct handoff *h)
{
	if (!h->seal.sealed && (!h->own_initrd || !handoff_secure_boot(h)))
		return true;
	handoff_leave_out(h, "initrd");
	return false;
}

static void check_module(const struct handoff *h, uint64_t base, uint64_t size)
{
	if (size > UINT64_MAX - base || !map_is_ram(&h->map, base, base + size))
		die(E_MODULE, "module at %" X64 ", size %" X64 ", does not lie in RAM", base, size);
}

/* @kind: KERNEL_NONE too for a file after the kernel */
static void take_module(struct handoff *h, struct blob file, enum kernel_kind kind,
			struct span string)
{
	map_use(&h->map, file.base, file.base + file.size);
	if (kind != KERNEL_NONE) {
		take_kernel(h, file, kind);
		handoff_cmdline(h, string);
	} else if (handoff_wants_initrd(h)) {
		handoff_initrd(h, file);
	}
}

void handoff_module(struct handoff *h, uint64_t base, uint64_t size, struct span string)
{
	enum kernel_kind kind = KERNEL_NONE;

	if (!size)
		return;
	check_module(h, base, size);
	if (!h->kernel.size)
		kind = kernel_kind(span_at(base, size));
	take_module(h, (struct blob){ base, size }, kind, string);
}

/* Cut a ramdisk to the kernel at its beginning, or to the kernel that is the first file of its
 * archive; to nothing where there is none.  Says what kind of kernel it is. */
static enum kernel_kind first_kernel(struct blob *ramdisk)
{
	struct span file = span_at(ramdisk->base, ramdisk->size), first;
	enum kernel_kind kind = kernel_kind(file);
	uint64_t end;

	if (kind != KERNEL_NONE) {
		end = kernel_end(file, kind);
		if (end < file.len)
			ramdisk->size = end;
		return kind;
	}
	first = cpio_first_file(file);
	if (!first.len)
		return KERNEL_NONE;
	*ramdisk = (struct blob){ ramdisk->base + (uint64_t)(first.p - file.p), first.len };
	return kernel_kind(first);
}

void handoff_ramdisk(struct handoff *h, uint64_t base, uint64_t size)
{
	struct span file = span_at(base, size), no_words = span_sub(file, 0, 0);
	struct blob first = { base, size };
	enum kernel_kind kind;
	uint64_t end = 0;

	check_module(h, base, size);
	kind = h->kernel.size ? KERNEL_NONE : first_kernel(&first);
	if (kind != KERNEL_NONE) {
		take_module(h, first, kind, no_words);
		end = first.base - base + first.size;
	}
	/* Skip the padding between files. */
	while (end && end < size && !rd8(file, end))
		end++;
	if (end < size)
		take_module(h, (struct blob){ base + end, size - end }, KERNEL_NONE, no_words);
}
