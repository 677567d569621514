// SPDX-License-Identifier: BSD-2-Clause
/*
 * A kernel's ELF notes, and the exit that follows from them in each world.
 */
#include <unistd.h>
#include <lintel/xenpv.h>

#include "protocol/kernel.h"
#include "protocol/notes.h"
#include "test/unit/check.h"

static uint8_t bytes[1024];
static size_t length;
static struct kernel_notes n;

static void add_note(const char *name, uint32_t namesz, uint32_t type, const void *desc,
		     uint32_t descsz)
{
	const uint32_t head[] = { namesz, descsz, type };

	memcpy(bytes + length, head, sizeof(head));
	memcpy(bytes + length + 12, name, namesz);
	length = (length + 12 + namesz + 3) & ~3ul;
	memcpy(bytes + length, desc, descsz);
	length = (length + descsz + 3) & ~3ul;
}

static void add_xen(uint32_t type, uint64_t value, uint32_t descsz)
{
	add_note("Xen", 4, type, &value, descsz);
}

static void begin(void)
{
	memset(bytes, 0, sizeof(bytes));
	length = 0;
}

/* In a block of its own, so that a read behind its end is seen. */
static void read_notes(size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	memcpy(copy, bytes, size);
	memset(&n, 0, sizeof(n));
	alarm(10);
	notes_read(&n, (struct span){ copy, size });
	alarm(0);
	free(copy);
}

/* As Linux has them. */
static void add_linux(void)
{
	begin();
	add_note("GNU", 4, 3, "a build id of 20 bytes", 20);
	add_note("Xen", 4, XEN_ELFNOTE_GUEST_OS, "linux", 6);
	add_note("Xen", 4, XEN_ELFNOTE_XEN_VERSION, "xen-3.0", 8);
	add_xen(XEN_ELFNOTE_VIRT_BASE, 0xffffffff80000000, 8);
	add_xen(XEN_ELFNOTE_ENTRY, 0xffffffff830791c0, 8);
	add_xen(XEN_ELFNOTE_HYPERCALL_PAGE, 0xffffffff81001000, 8);
	add_xen(XEN_ELFNOTE_PADDR_OFFSET, 0x42, 8);
	add_xen(XEN_ELFNOTE_SUPPORTED_FEATURES, 0x8801, 4);
	add_note("Xen", 4, XEN_ELFNOTE_LOADER, "generic", 8);
	add_xen(XEN_ELFNOTE_PHYS32_ENTRY, 0x1000180, 4);
}

static void test_notes_linux(void)
{
	add_linux();
	read_notes(length);
	CHECK(n.is_linux && n.pv && !n.no_dom0 && !n.lintel);
	CHECK_EQUAL(n.virt_base, 0xffffffff80000000);
	CHECK_EQUAL(n.entry, 0xffffffff830791c0);
	CHECK_EQUAL(n.hypercall_page, 0xffffffff81001000);
	CHECK_EQUAL(n.paddr_offset, 0x42);
	CHECK_EQUAL(n.phys32_entry, 0x1000180);
}

/* Several PT_NOTE segments add up. */
static void test_notes_segments(void)
{
	begin();
	add_note("Xen", 4, XEN_ELFNOTE_XEN_VERSION, "xen-3.0", 8);
	read_notes(length);
	CHECK(!n.pv);
	begin();
	add_note("Xen", 4, XEN_ELFNOTE_LOADER, "generic", 8);
	notes_read(&n, (struct span){ bytes, length });
	CHECK(n.pv && !n.is_linux);
	begin();
	add_note("Xen", 4, XEN_ELFNOTE_GUEST_OS, "linux", 6); /* instead of a loader */
	add_note("Xen", 4, XEN_ELFNOTE_XEN_VERSION, "xen-3.0", 8);
	read_notes(length);
	CHECK(n.pv && n.is_linux);
	begin();
	add_note("Xen", 4, XEN_ELFNOTE_GUEST_OS, "NetBSD", 7);
	add_note("Xen", 4, XEN_ELFNOTE_XEN_VERSION, "xen-4.0", 8);
	add_note("Xen", 4, XEN_ELFNOTE_LOADER, "gener", 6);
	read_notes(length);
	CHECK(!n.is_linux && !n.loader && !n.xen_version && !n.pv);
}

/* Any width that Xen takes, and no other. */
static void test_notes_widths(void)
{
	static const struct {
		uint32_t descsz;
		uint64_t value;
	} width[] = { { 1, 0x88 }, { 2, 0x7788 }, { 4, 0x55667788 }, { 8, 0x1122334455667788 },
		      { 0, 0 },	   { 3, 0 },	  { 7, 0 } };

	for (size_t i = 0; i < sizeof(width) / sizeof(width[0]); i++) {
		begin();
		add_xen(XEN_ELFNOTE_PHYS32_ENTRY, 0x1122334455667788, width[i].descsz);
		add_xen(XEN_ELFNOTE_ENTRY, 0x99, 8); /* the next one is found behind it */
		read_notes(length);
		CHECK_EQUAL(n.phys32_entry, width[i].value);
		CHECK_EQUAL(n.entry, 0x99);
	}
}

static void test_notes_names(void)
{
	static const struct {
		const char *name;
		uint32_t namesz;
	} wrong[] = { { "xen", 4 },  { "XEN", 4 },  { "Xen", 3 }, { "Xen\0", 5 },
		      { "Xen4", 4 }, { "Xe\0", 4 }, { "", 0 } };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		begin();
		add_note(wrong[i].name, wrong[i].namesz, XEN_ELFNOTE_PHYS32_ENTRY, "\1\2\3\4", 4);
		add_xen(XEN_ELFNOTE_ENTRY, 0x99, 8);
		read_notes(length);
		CHECK_EQUAL(n.phys32_entry, 0);
		CHECK_EQUAL(n.entry, 0x99);
	}
}

static void test_notes_lintel(void)
{
	begin();
	add_note("Lintel", 7, 1, "", 0);
	read_notes(length);
	CHECK(n.lintel && !n.contract && !n.pv && !n.phys32_entry);
	begin();
	add_note("Lintel", 7, 1, "\2\1\0\0", 4);
	read_notes(length);
	CHECK(n.lintel);
	CHECK_EQUAL(n.contract, 0x102);
	begin();
	add_note("Lintel", 7, 2, "", 0); /* another type */
	add_note("LINTEL", 7, 1, "", 0);
	add_note("Lintel", 6, 1, "", 0);
	add_note("Xen", 4, 1, "\1\0\0\0", 4);
	read_notes(length);
	CHECK(!n.lintel);
	CHECK_EQUAL(n.entry, 1);
}

static void test_notes_features(void)
{
	begin();
	add_xen(XEN_ELFNOTE_SUPPORTED_FEATURES, ~(1u << XENFEAT_DOM0), 4);
	read_notes(length);
	CHECK(n.no_dom0);
	begin();
	add_xen(XEN_ELFNOTE_SUPPORTED_FEATURES, 1u << XENFEAT_DOM0, 4);
	read_notes(length);
	CHECK(!n.no_dom0);
}

/* Sizes that reach behind the segment, to 4 GiB: what lies there is no note, and it ends. */
static void test_notes_sizes(void)
{
	static const uint32_t huge[] = { 0xffffffff, 0xfffffffc, 0xfffffff4,
					 0xfffffff0, 0x80000000, 1024 };

	for (size_t i = 0; i < sizeof(huge) / sizeof(huge[0]); i++)
		for (size_t field = 0; field < 2; field++) {
			begin();
			add_xen(XEN_ELFNOTE_PHYS32_ENTRY, 0x1000180, 4);
			memcpy(bytes + field * 4, &huge[i], 4);
			add_xen(XEN_ELFNOTE_ENTRY, 0x99, 8);
			read_notes(length);
			CHECK_EQUAL(n.phys32_entry, 0);
			CHECK_EQUAL(n.entry, 0);
		}
}

/* Cut anywhere: no note that is not whole. */
static void test_notes_cut(void)
{
	static const char last[] = "Xen";

	add_linux();
	for (size_t size = 0; size < length; size++) {
		read_notes(size);
		CHECK_EQUAL(n.phys32_entry, 0);
	}
	begin();
	add_note(last, 4, XEN_ELFNOTE_PHYS32_ENTRY, "\1\0\0", 4);
	for (size_t size = 0; size <= length; size++) {
		read_notes(size);
		CHECK_EQUAL(n.phys32_entry, size == length);
	}
	/* The last one's padding may lack. */
	begin();
	add_note("Xen", 4, XEN_ELFNOTE_GUEST_OS, "linux", 6);
	read_notes(length - 2);
	CHECK(n.is_linux);
}

static void test_notes_changed(void)
{
	static const uint8_t value[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };

	add_linux();
	for (size_t i = 0; i < length; i++)
		for (size_t v = 0; v < sizeof(value); v++) {
			uint8_t was = bytes[i];

			bytes[i] = value[v];
			read_notes(length);
			CHECK(!n.pv || (n.loader && n.xen_version));
			bytes[i] = was;
		}
}

/* ---- exits ---- */

static struct kernel k;
static struct handoff h;

/* A stock Linux: PV notes, a PVH entry, 64 bits. */
static void make_kernel(void)
{
	add_linux();
	read_notes(length);
	n.paddr_offset = 0;
	k = (struct kernel){ .kind = KERNEL_ELF,
			     .name = "6.1",
			     .bits = 64,
			     .notes = n,
			     .entry = 0x1000000,
			     .header_entry = 0x1000000,
			     .relocatable = true,
			     .cmdline_size = CMDLINE_MAX,
			     .initrd_max = UINT64_MAX };
}

static int choose(enum world world, uint32_t flags)
{
	world_reset();
	handoff_init(&h, "test");
	h.world = world;
	h.start_flags = flags;
	return DIES_WITH(kernel_choose_exit(&k, &h));
}

static void test_exit_linux(void)
{
	make_kernel();
	CHECK_EQUAL(choose(WORLD_PC, 0), 0);
	CHECK_EQUAL(k.exit, EXIT_LINUX);
	CHECK_EQUAL(k.entry, 0x1000000);
	CHECK_EQUAL(k.bits, 64);
	k.notes = (struct kernel_notes){ 0 };
	CHECK_EQUAL(choose(WORLD_PC, 0), 0);
	CHECK_EQUAL(k.exit, EXIT_LINUX);
}

/* No Linux, but a PVH entry: FreeBSD, Xen, unikernels. */
static void test_exit_pvh_only(void)
{
	make_kernel();
	k.notes = (struct kernel_notes){ .phys32_entry = 0x200040 };
	CHECK_EQUAL(choose(WORLD_PC, 0), 0);
	CHECK_EQUAL(k.exit, EXIT_PVH);
	CHECK_EQUAL(k.bits, 32);
	CHECK_EQUAL(k.entry, 0x200040);
	CHECK_EQUAL(k.initrd_max, 0x100000000);
	CHECK(!k.relocatable); /* nothing says that the entry runs elsewhere */
}

/* What says that it does: Linux since 6.13, and Lintel. */
static void test_exit_pvh_reloc(void)
{
	static const uint32_t limits[] = { 0x400000, 0x1000000, 0x3fffffff };

	make_kernel();
	begin();
	add_xen(XEN_ELFNOTE_PHYS32_ENTRY, 0x200040, 4);
	add_note("Xen", 4, XEN_ELFNOTE_PHYS32_RELOC, limits, sizeof(limits));
	read_notes(length);
	k.align = 0x1000;
	k.notes = n;
	CHECK_EQUAL(choose(WORLD_PC, 0), 0);
	CHECK(k.relocatable);
	CHECK_EQUAL(k.entry, 0x200040);
	CHECK_EQUAL(k.align, 0x400000);
	CHECK_EQUAL(k.run, 0x1000000);
	CHECK_EQUAL(k.load_max, 0x40000000);
	begin();
	add_note("Xen", 4, XEN_ELFNOTE_PHYS32_RELOC, limits, 0); /* all by default */
	read_notes(length);
	CHECK(n.phys32_reloc);
	CHECK_EQUAL(n.reloc_align, 0x200000);
	CHECK_EQUAL(n.reloc_min, 0);
	CHECK_EQUAL(n.reloc_max, 0xffffffff);
	begin();
	add_note("Xen", 4, XEN_ELFNOTE_PHYS32_RELOC, limits, 4); /* the first one only */
	read_notes(length);
	CHECK_EQUAL(n.reloc_align, limits[0]);
	CHECK_EQUAL(n.reloc_min, 0);
	k.notes.reloc_align = 3;
	CHECK_EQUAL(choose(WORLD_PC, 0), 0);
	CHECK(!k.relocatable);
}

static void test_exit_pvh_dom0(void)
{
	make_kernel();
	CHECK_EQUAL(choose(WORLD_XEN_DOM0, SIF_PRIVILEGED | SIF_INITDOMAIN), 0);
	CHECK_EQUAL(k.exit, EXIT_PVH);
	CHECK_EQUAL(k.bits, 32);
	CHECK_EQUAL(k.entry, 0x1000180);
	CHECK(!k.relocatable);
	make_kernel();
	k.notes.phys32_entry = 0;
	CHECK_EQUAL(choose(WORLD_XEN_DOM0, SIF_INITDOMAIN), E_XEN);
	CHECK_TEXT(world_said(), "lintel: E29 kernel 6.1 cannot be Xen's PVH initial domain: "
				 "no PHYS32_ENTRY note");
}

static void test_exit_xenpv(void)
{
	make_kernel();
	CHECK_EQUAL(choose(WORLD_XEN_PV, SIF_INITDOMAIN), 0);
	CHECK_EQUAL(k.exit, EXIT_XENPV);
	CHECK_EQUAL(k.bits, 64);
	CHECK_EQUAL(k.entry, 0x30791c0);
	CHECK_EQUAL(k.cmdline_size, 1023);
	CHECK(!k.relocatable); /* its place decides at which address it is seen */
	make_kernel();
	k.notes.entry = 0;
	k.header_entry = 0xffffffff81000040;
	CHECK_EQUAL(choose(WORLD_XEN_PV, 0), 0);
	CHECK_EQUAL(k.entry, 0x1000040);
	make_kernel();
	k.notes.virt_base = 0xffffffff81000000;
	k.notes.paddr_offset = 0x1000000;
	CHECK_EQUAL(choose(WORLD_XEN_PV, 0), 0);
	CHECK_EQUAL(k.entry, 0x30791c0);
}

static void test_exit_xenpv_refusals(void)
{
	make_kernel();
	k.notes.pv = false;
	CHECK_EQUAL(choose(WORLD_XEN_PV, 0), E_XEN);
	CHECK_TEXT(world_said(), "E29 kernel 6.1 cannot be a Xen PV guest: its ELF notes");
	make_kernel();
	k.bits = 32;
	CHECK_EQUAL(choose(WORLD_XEN_PV, 0), E_XEN);
	CHECK_TEXT(world_said(), "E29 kernel is a 32-bit Xen PV guest, 64 needed");
	make_kernel();
	k.notes.no_dom0 = true;
	CHECK_EQUAL(choose(WORLD_XEN_PV, SIF_PRIVILEGED), 0);
	make_kernel();
	k.notes.no_dom0 = true;
	CHECK_EQUAL(choose(WORLD_XEN_PV, SIF_INITDOMAIN), E_XEN);
	CHECK_TEXT(world_said(), "E29 kernel 6.1 cannot be Xen's initial domain");
	make_kernel();
	k.notes.virt_base = 0;
	CHECK_EQUAL(choose(WORLD_XEN_PV, 0), E_XEN);
	CHECK_TEXT(world_said(), "wants memory seen at 0, Lintel has it at ffffffff80000000");
	make_kernel();
	k.notes.paddr_offset = 0x1000;
	CHECK_EQUAL(choose(WORLD_XEN_PV, 0), E_XEN);
	CHECK_TEXT(world_said(), "seen at ffffffff7ffff000,");
}

/* The kernel's own word counts in every world, whatever else it says. */
static void test_exit_lintel(void)
{
	static const enum world world[] = { WORLD_PC, WORLD_XEN_DOM0, WORLD_XEN_PV };

	for (size_t i = 0; i < 3; i++)
		for (int stock = 0; stock < 2; stock++) {
			make_kernel();
			if (!stock)
				k.notes = (struct kernel_notes){ .phys32_entry = 0x200040 };
			k.notes.lintel = true;
			CHECK_EQUAL(choose(world[i], SIF_INITDOMAIN), 0);
			CHECK_EQUAL(k.exit, EXIT_LINUX);
			CHECK_EQUAL(k.entry, 0x1000000);
			CHECK_EQUAL(k.bits, 64);
		}
}

/* A kernel may ask for as much as is kept, and not for more. */
static void test_exit_contract(void)
{
	make_kernel();
	k.notes.lintel = true;
	k.notes.contract = LINTEL_CONTRACT;
	CHECK_EQUAL(choose(WORLD_PC, 0), 0);
	k.notes.contract = LINTEL_CONTRACT + 1;
	CHECK_EQUAL(choose(WORLD_PC, 0), E_CONTRACT);
	CHECK_TEXT(world_said(), "needs version 2 of the contract, this is version 1");
}

const struct test notes_tests[] = { { "notes: Linux", test_notes_linux },
				    { "notes: segments add up", test_notes_segments },
				    { "notes: widths", test_notes_widths },
				    { "notes: names", test_notes_names },
				    { "notes: Lintel's own", test_notes_lintel },
				    { "notes: features", test_notes_features },
				    { "notes: huge sizes", test_notes_sizes },
				    { "notes: cut at every byte", test_notes_cut },
				    { "notes: changed at every byte", test_notes_changed },
				    { "exit: boot_params", test_exit_linux },
				    { "exit: PVH entry only", test_exit_pvh_only },
				    { "exit: PVH entry, relocatable", test_exit_pvh_reloc },
				    { "exit: PVH initial domain", test_exit_pvh_dom0 },
				    { "exit: Xen PV", test_exit_xenpv },
				    { "exit: Xen PV, refusals", test_exit_xenpv_refusals },
				    { "exit: Lintel's note", test_exit_lintel },
				    { "exit: a newer contract", test_exit_contract },
				    { 0 } };
