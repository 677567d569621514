// SPDX-License-Identifier: BSD-2-Clause
/*
 * All steps from handoff to jump.  Called by every door with the handoff that its reader
 * has filled.
 * Pure C for any ring; may touch the handoff and what the plan gives it.
 */
#include "shim/lintel.h"

#include "protocol/bundle.h"
#include "protocol/kernel.h"
#include "protocol/lib.h"
#include "protocol/say.h"
#include "protocol/smbios.h"
#include "shim/face/layout.h"
#include "shim/extra.h"
#include "shim/leave.h"
#include "protocol/world.h"
#include "shim/memory.h"
#include "shim/pc/console.h"
#include "shim/pc/ports.h"
#include "shim/place.h"

extern const char image_base[], image_end[];

struct booting booting;
static uint8_t extra_headers[EXTRA_HEADERS];

/* Our own code and data.  The first 32 KiB do not count: not every boot loader loads them. */
static struct blob image_core(void)
{
	uint64_t base = memory_address(image_base), end = memory_address(image_end);

	return (struct blob){ base + PM_OFFSET, end - base - PM_OFFSET };
}

struct blob lintel_image_place(void)
{
	uint64_t base = memory_address(image_base);

	return (struct blob){ base,
			      rd32(span_at(base + BUNDLE_OFFSET, BUNDLE_TABLE), BUNDLE_FILE_SIZE) };
}

/* What `lintel build` has packed. */
static struct bundle own_bundle(uint64_t base)
{
	struct span bundle = span_at(base + BUNDLE_OFFSET, CODE_OFFSET - BUNDLE_OFFSET);
	uint32_t n = rd32(bundle, BUNDLE_SECTIONS);

	if (memcmp(bundle.p, BUNDLE_MAGIC, 8) || n > PE_SECTIONS_MAX)
		die(E_BUNDLE, "the image's section table is damaged: %u sections", n);
	return (struct bundle){ .table = span_sub(bundle, BUNDLE_TABLE, (uint64_t)n * BUNDLE_ENTRY),
				.size = rd32(bundle, BUNDLE_FILE_SIZE) };
}

/* What another tool has added to a bare image, such as ukify or objcopy.  Nobody says how
 * long the file is; under UEFI the firmware has checked it. */
static struct bundle added_bundle(struct span head, enum image_memory memory)
{
	struct bundle b = bundle_of(head);

	b.size = FOUR_GIB;
	b.loaded = memory == IMAGE_LOADED;
	return b;
}

void lintel_image(struct handoff *h, enum image_memory memory)
{
	uint64_t base = memory_address(image_base);
	struct span head = span_at(base, PM_OFFSET);
	struct bundle b = own_bundle(base);

	/* The ELF face is always loaded whole, and other tools cannot add to it. */
	h->is_partial = memory == IMAGE_CORE && rd32(head, 0) != ELF_MAGIC;
	if (memory == IMAGE_FILE || memory == IMAGE_LOADED) {
		h->is_signed = bundle_is_signed(head);
		if (!bundle_is_uki(&b))
			b = added_bundle(head, memory);
	}
	if (bundle_is_uki(&b))
		bundle_open(&b, base, h);
	h->own_initrd = h->initrds != 0;
}

static void check_kernel(const struct handoff *h, const struct kernel *k)
{
	size_t length = strlen(h->cmdline);

	if (length > k->cmdline_size)
		die(E_CMDLINE, "command line has %" U64 " bytes, kernel %s takes at most %u",
		    (uint64_t)length, k->name, k->cmdline_size);
}

/* A kernel that cannot run with five levels of paging is entered in 32-bit mode, which ends
 * them; every bzImage has a 32-bit entry. */
static void avoid_la57(struct kernel *k)
{
	if (!machine_has_la57() || k->kind != KERNEL_BZIMAGE || k->bits != 64 || k->la57)
		return;
	k->bits = 32;
	k->entry = 0;
}

static const char *exit_name(const struct kernel *k)
{
	static const char names[][8] = { "linux32", "linux64", "pvh", "xenpv" };

	return names[k->exit == EXIT_LINUX ? k->bits == 64 : (uint32_t)k->exit + 1];
}

void lintel_report(struct handoff *h)
{
	const struct kernel *k = &booting.kernel;

	handoff_report(h, "version", "%s", LINTEL_VERSION);
	handoff_report(h, "contract", "%u", LINTEL_CONTRACT);
	handoff_report(h, "door", "%s", h->door);
	handoff_report(h, "loader", "%s", h->loader);
	handoff_report(h, "kernel", "%s", k->name);
	handoff_report(h, "kind", "%s", k->kind == KERNEL_ELF ? "ELF" : "bzImage");
	handoff_report(h, "exit", "%s", exit_name(k));
	handoff_report(h, "moved", "%u", booting.plan.moves);
	if (booting.plan.rsdp)
		handoff_report(h, "repaired", "rsdp");
	handoff_report(h, "tsc_jump", "0x%016" X64, machine_time());
}

static void settle_cmdline(struct handoff *h)
{
	if (h->settled)
		return;
	handoff_settle_cmdline(h);
	/* A PV domain cannot see the firmware's memory. */
	if (h->world != WORLD_XEN_PV)
		handoff_extra_words(h, smbios_words(&h->bp.efi_info), machine_is_confidential());
}

void lintel_plan(struct handoff *h)
{
	struct kernel *k = &booting.kernel;

	/* The loader may have added words of its own, and Secure Boot may forbid all of them. */
	settle_cmdline(h);
	/* What is said from now on goes where it can be seen: in graphics there is no text. */
	console_screen(h);
	/* Few loaders tell where it lies, and a kernel cannot always find it by itself. */
	acpi_find_rsdp(h);
	/* A machine without a screen may show another serial port than COM1; ACPI knows it. */
	ports_open(h);
	/* The kernel looks for microcode only where the initrd begins. */
	initrd_sort(h);
	/* The system wants some sections of its UKI as files. */
	extra_add(h, memory_address(extra_headers));
	handoff_check_kernel(h);
	/* What it needs, and whether it can be started at all. */
	kernel_open(k, h->kernel);
	/* Of an unpacked kernel the file does not tell the version; the bzImage did. */
	if (h->kernel_name[0])
		memcpy(k->name, h->kernel_name, sizeof(k->name));
	/* Xen's worlds enter kernels otherwise, which moves the limits of where it may lie. */
	kernel_choose_exit(k, h);
	/* A longer line would be cut by the kernel, without a word. */
	check_kernel(h, k);
	/* A 64-bit entry that does not know five levels of paging would fault at once. */
	avoid_la57(k);
	/* Last, for it needs all of that: its size and limits, the initrds, the line's length. */
	place(&booting.plan, h, k, image_core(), leave_size(h));
}

void lintel_announce(const struct handoff *h)
{
	const struct kernel *k = &booting.kernel;
	const struct plan *p = &booting.plan;

	say("\nlintel " LINTEL_VERSION ": %s (%s), %" U64 " MiB RAM: %s, initrd %" U64
	    " KiB, %s at %" X64 "\n",
	    h->door, h->loader, map_total(&h->map, MAP_RAM) >> 20, k->name, p->initrd.size >> 10,
	    exit_name(k), p->entry);
}

uint64_t lintel_act(struct handoff *h)
{
	lintel_report(h);
	console_cursor(h);
	return leave_write(&booting.plan, h, &booting.kernel);
}
