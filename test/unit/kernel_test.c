// SPDX-License-Identifier: BSD-2-Clause
/*
 * Recognising kernels and UKIs, on files made here; the real ones are booted by the
 * doors matrix.
 */
#include <lintel/elf.h>

#include "protocol/cpio.h"
#include "protocol/bundle.h"
#include "protocol/kernel.h"
#include "protocol/measure.h"
#include "protocol/pe.h"
#include "test/unit/check.h"

#define AT_ADDRESS 0x400000

static uint8_t file[8192];
static struct kernel k;
static struct handoff h;

static int open_file(size_t size)
{
	world_reset();
	world_put(AT_ADDRESS, file, size);
	return DIES_WITH(kernel_open(&k, (struct blob){ AT_ADDRESS, size }));
}

/* ---- bzImage ---- */

static struct setup_header *make_bzimage(void)
{
	struct setup_header *s = (struct setup_header *)(file + 0x1f1);

	memset(file, 0, sizeof(file));
	*s = (struct setup_header){ .setup_sects = 7, /* with the first one 4096 bytes */
				    .syssize = 4096 / 16,
				    .boot_flag = LINUX_BOOT_FLAG,
				    .jump = 0x6aeb,
				    .header = LINUX_HDRS,
				    .version = 0x20f,
				    .kernel_version = 0x300 - 0x200,
				    .loadflags = LOADED_HIGH,
				    .code32_start = 0x100000,
				    .initrd_addr_max = 0x7fffffff,
				    .kernel_alignment = 0x200000,
				    .relocatable_kernel = 1,
				    .xloadflags = XLF_KERNEL_64 | XLF_CAN_BE_LOADED_ABOVE_4G,
				    .cmdline_size = 2047,
				    .pref_address = 0x1000000,
				    .init_size = 0x3000000 };
	strcpy((char *)file + 0x300, "6.1.0-test (builder)");
	return s;
}

static void test_bzimage_good(void)
{
	make_bzimage();
	CHECK_EQUAL(open_file(8192), 0);
	CHECK(!strcmp(k.name, "6.1.0-test"));
	CHECK(k.kind == KERNEL_BZIMAGE && k.relocatable && k.realigns);
	CHECK_EQUAL(k.bits, 64);
	CHECK_EQUAL(k.entry, 0x200);
	CHECK_EQUAL(k.align, 0x200000);
	CHECK_EQUAL(k.run, 0x1000000);
	CHECK_EQUAL(k.init_size, 0x3000000);
	CHECK_EQUAL(k.cmdline_size, 2047);
	CHECK_EQUAL(k.initrd_max, UINT64_MAX);
	CHECK_EQUAL(k.segment[0].offset, 4096);
	CHECK_EQUAL(k.segment[0].filesz, 4096);
	CHECK_EQUAL(k.segment[0].memsz, 4096);
	CHECK_EQUAL(k.header.len, sizeof(struct setup_header));
}

static void test_bzimage_protocols(void)
{
	make_bzimage()->version = 0x203;
	CHECK_EQUAL(open_file(8192), 0);
	CHECK(!k.relocatable && k.bits == 32);
	CHECK_EQUAL(k.base, 0x100000);
	CHECK_EQUAL(k.cmdline_size, 255);
	CHECK_EQUAL(k.initrd_max, 0x80000000);
	CHECK_EQUAL(k.init_size, 3 * 4096);
	make_bzimage()->version = 0x200;
	CHECK_EQUAL(open_file(8192), 0);
	CHECK_EQUAL(k.initrd_max, 0x38000000);
	make_bzimage()->xloadflags = 0;
	CHECK_EQUAL(open_file(8192), 0);
	CHECK_EQUAL(k.bits, 32);
	CHECK_EQUAL(k.entry, 0);
	CHECK_EQUAL(k.load_max, 0x100000000);
	make_bzimage()->relocatable_kernel = 0;
	CHECK_EQUAL(open_file(8192), 0);
	CHECK(!k.relocatable);
	CHECK_EQUAL(k.base, 0x100000);
	CHECK_EQUAL(k.run, 0x1000000);
}

/* The payload may be missing, but is never outside the file. */
static void test_bzimage_payload(void)
{
	static const struct {
		uint32_t offset, length, found;
	} p[] = { { 0x100, 0x200, 0x200 },  { 0x100, 0xf00, 0xf00 },
		  { 0x100, 0xf01, 0 },	    { 0xfff, 1, 1 },
		  { 0x1000, 1, 0 },	    { UINT32_MAX, 1, 0 },
		  { 0x100, UINT32_MAX, 0 }, { 0x1000, 0, 0 },
		  { 0x1001, 0, 0 },	    { UINT32_MAX, UINT32_MAX, 0 } };

	for (uint32_t i = 0; i < sizeof(p) / sizeof(p[0]); i++) {
		make_bzimage()->payload_offset = p[i].offset;
		((struct setup_header *)(file + 0x1f1))->payload_length = p[i].length;
		CHECK_EQUAL(open_file(8192), 0);
		CHECK_EQUAL(k.payload.size, p[i].found);
		CHECK(k.payload.base + k.payload.size <= 8192);
	}
}

static void test_bzimage_refusals(void)
{
	make_bzimage();
	CHECK_EQUAL(open_file(8192 - 15), 0); /* the last 16 bytes may be short */
	CHECK_EQUAL(open_file(8192 - 16), E_TRUNCATED);
	CHECK_TEXT(world_said(), "has 8176 bytes of 8192");
	make_bzimage()->version = 0x1ff;
	CHECK_EQUAL(open_file(8192), E_OLD);
	make_bzimage()->loadflags = 0;
	CHECK_EQUAL(open_file(8192), E_OLD);
	make_bzimage()->code32_start = 0; /* as in ipxe.lkrn */
	CHECK_EQUAL(open_file(8192), E_16BIT);
	make_bzimage()->syssize = 0; /* as in memdisk */
	CHECK_EQUAL(open_file(8192), E_16BIT);
}

/* Cut anywhere: never a crash, and no kernel that lacks its end. */
static void test_bzimage_cuts(void)
{
	make_bzimage();
	for (size_t n = 0; n < 8192 - 15; n++)
		CHECK(open_file(n) != 0);
}

/* ---- ELF ---- */

static struct elf64_phdr *make_elf64(void)
{
	struct elf64_ehdr *e = (struct elf64_ehdr *)file;
	struct elf64_phdr *p = (struct elf64_phdr *)(file + 64);

	memset(file, 0, sizeof(file));
	memcpy(e->e_ident,
	       "\x7f"
	       "ELF\2\1\1",
	       7);
	e->e_type = ET_EXEC;
	e->e_machine = EM_X86_64;
	e->e_entry = 0x1000040;
	e->e_phoff = 64;
	e->e_phentsize = sizeof(*p);
	e->e_phnum = 2;
	p[0] = (struct elf64_phdr){ .p_type = PT_LOAD,
				    .p_offset = 4096,
				    .p_vaddr = 0xffffffff81000000,
				    .p_paddr = 0x1000000,
				    .p_filesz = 2048,
				    .p_memsz = 8192,
				    .p_align = 0x200000 };
	p[1] = (struct elf64_phdr){ .p_type = PT_LOAD,
				    .p_offset = 6144,
				    .p_vaddr = 0xffffffff80800000,
				    .p_paddr = 0x800000,
				    .p_filesz = 100,
				    .p_memsz = 100 };
	return p;
}

static struct elf64_ehdr *elf64(void)
{
	make_elf64();
	return (struct elf64_ehdr *)file;
}

static void test_elf_good(void)
{
	make_elf64();
	CHECK_EQUAL(open_file(8192), 0);
	CHECK_EQUAL(k.kind, KERNEL_ELF);
	CHECK_EQUAL(k.bits, 64);
	CHECK_EQUAL(k.segments, 2);
	CHECK_EQUAL(k.base, 0x800000);
	CHECK_EQUAL(k.entry, 0x800040);
	CHECK_EQUAL(k.align, 0x200000);
	CHECK(!k.relocatable);
	elf64()->e_entry = 0xffffffff81000040; /* virtual: by its segment */
	CHECK_EQUAL(open_file(8192), 0);
	CHECK_EQUAL(k.entry, 0x800040);
	elf64()->e_type = ET_DYN;
	CHECK_EQUAL(open_file(8192), 0);
	CHECK(k.relocatable);
}

static void test_elf32(void)
{
	struct elf32_ehdr *e = (struct elf32_ehdr *)file;
	struct elf32_phdr *p = (struct elf32_phdr *)(file + 52);

	memset(file, 0, sizeof(file));
	memcpy(e->e_ident,
	       "\x7f"
	       "ELF\1\1\1",
	       7);
	e->e_type = ET_EXEC;
	e->e_machine = EM_386;
	e->e_entry = 0x100010;
	e->e_phoff = 52;
	e->e_phentsize = sizeof(*p);
	e->e_phnum = 1;
	p[0] = (struct elf32_phdr){ PT_LOAD, 4096, 0x100000, 0x100000, 2048, 4096, 5, 4096 };
	CHECK_EQUAL(open_file(8192), 0);
	CHECK_EQUAL(k.bits, 32);
	CHECK_EQUAL(k.entry, 0x10);
	CHECK_EQUAL(k.segment[0].memsz, 4096);
}

static void test_elf_refusals(void)
{
	elf64()->e_machine = 183;
	CHECK_EQUAL(open_file(8192), E_MACHINE);
	CHECK_TEXT(world_said(), "e_machine 183");
	elf64()->e_entry = 0x42;
	CHECK_EQUAL(open_file(8192), E_ELF);
	elf64()->e_phoff = UINT64_MAX - 8;
	CHECK_EQUAL(open_file(8192), E_TRUNCATED);
	elf64()->e_phnum = 0xffff;
	CHECK_EQUAL(open_file(8192), E_TRUNCATED);
	elf64()->e_phentsize = 8;
	CHECK(open_file(8192) != 0);
	make_elf64()[0].p_offset = UINT64_MAX - 100;
	CHECK_EQUAL(open_file(8192), E_TRUNCATED);
	make_elf64()[0].p_filesz = 8193;
	CHECK_EQUAL(open_file(8192), E_TRUNCATED);
	make_elf64()[0].p_memsz = 2047; /* less than the file has; the entry lies inside */
	CHECK_EQUAL(open_file(8192), E_ELF);
	elf64()->e_entry = 0x1002000; /* the first address behind a segment */
	CHECK_EQUAL(open_file(8192), E_ELF);
	elf64()->e_entry = 0x1001fff;
	CHECK_EQUAL(open_file(8192), 0);
	make_elf64()[0].p_paddr = UINT64_MAX - 10;
	CHECK_EQUAL(open_file(8192), E_ELF);
	make_elf64()[0].p_type = 3; /* PT_INTERP: a user's program */
	CHECK_EQUAL(open_file(8192), E_ELF);
	elf64()->e_phnum = 0;
	CHECK_EQUAL(open_file(8192), E_ELF);
}

/* FreeBSD's kernel names an interpreter, as programs do, but has a PVH entry. */
static void test_elf_interpreter(void)
{
	static const uint32_t note[] = { 4, 4, 18, 0x6e6558 /* "Xen" */, 0x1000040 };
	struct elf64_phdr *p = make_elf64() + 2;

	((struct elf64_ehdr *)file)->e_phnum = 4;
	p[0] = (struct elf64_phdr){ .p_type = PT_INTERP };
	p[1] = (struct elf64_phdr){ .p_type = PT_NOTE, .p_offset = 7000, .p_filesz = sizeof(note) };
	CHECK_EQUAL(open_file(8192), E_ELF);
	CHECK_TEXT(world_said(), "a program for an operating system");
	memcpy(file + 7000, note, sizeof(note));
	CHECK_EQUAL(open_file(8192), 0);
	CHECK_EQUAL(k.notes.phys32_entry, 0x1000040);
}

/* A kernel whose headers name the same half MiB of notes @times over. */
static int open_notes(uint16_t times)
{
	static uint8_t large[0x81000];
	struct elf64_phdr *p = make_elf64() + 2;

	((struct elf64_ehdr *)file)->e_phnum = (uint16_t)(2 + times);
	for (uint16_t i = 0; i < times; i++)
		p[i] = (struct elf64_phdr){ .p_type = PT_NOTE,
					    .p_offset = 0x1000,
					    .p_filesz = 0x80000 };
	memcpy(large, file, sizeof(file));
	world_reset();
	world_put(AT_ADDRESS, large, sizeof(large));
	return DIES_WITH(kernel_open(&k, (struct blob){ AT_ADDRESS, sizeof(large) }));
}

static void test_elf_notes(void)
{
	CHECK_EQUAL(open_notes(0), 0);
	CHECK_EQUAL(open_notes(2), 0);
	CHECK_EQUAL(open_notes(3), E_ELF);
	CHECK_TEXT(world_said(), "more than 1024 KiB of notes");
}

/* Xen, above all: what it wants is a Multiboot loader. */
static void test_elf_multiboot(void)
{
	static const uint32_t mb1[] = { 0x1badb002, 3, -(0x1badb002u + 3) };
	static const uint32_t mb2[] = { 0xe85250d6, 0, 16, -(0xe85250d6u + 16) };

	make_elf64();
	memcpy(file + 4096, mb1, sizeof(mb1));
	CHECK_EQUAL(open_file(8192), E_ELF);
	CHECK_TEXT(world_said(), "Multiboot");
	file[4096 + 8] ^= 1;
	CHECK_EQUAL(open_file(8192), 0);
	memcpy(file + 4096, mb2, sizeof(mb2));
	CHECK_EQUAL(open_file(8192), E_ELF);
	file[4096 + 12] ^= 1;
	CHECK_EQUAL(open_file(8192), 0);
}

static void test_elf_cuts(void)
{
	make_elf64();
	for (size_t n = 0; n < 6144 + 100; n++)
		CHECK(open_file(n) != 0);
	CHECK_EQUAL(open_file(6144 + 100), 0);
}

/* ---- others ---- */

static void test_kernel_others(void)
{
	memset(file, 0, sizeof(file));
	CHECK_EQUAL(open_file(8192), E_NO_KERNEL);
	memcpy(file + 0x38, "ARM\x64", 4);
	memcpy(file, "MZ", 2);
	CHECK_EQUAL(open_file(8192), E_MACHINE);
	CHECK_TEXT(world_said(), "ARM64");
	memset(file, 0, sizeof(file));
	memcpy(file, "MZ", 2);
	file[0x3c] = 0x80;
	memcpy(file + 0x80, "PE\0\0\x64\xaa", 6);
	CHECK_EQUAL(open_file(8192), E_MACHINE);
	memcpy(file + 0x80, "PE\0\0\x64\x86", 6);
	CHECK_EQUAL(open_file(8192), E_EFI_APP);
}

static void add_section(uint32_t i, const char *name, uint32_t at, uint32_t size)
{
	struct pe_section *s = (struct pe_section *)(file + 0x80 + sizeof(struct pe_header)) + i;

	*s = (struct pe_section){ .VirtualSize = size,
				  .VirtualAddress = 0x100000 + at,
				  .SizeOfRawData = (size + 511) & ~511u,
				  .PointerToRawData = at };
	memcpy(s->Name, name, strlen(name));
}

/* A UKI as other tools make it: sections at file offsets, not at their addresses. */
static void make_uki(void)
{
	struct pe_header *pe = (struct pe_header *)(file + 0x80);

	memset(file, 0, sizeof(file));
	memcpy(file, "MZ", 2);
	file[0x3c] = 0x80;
	*pe = (struct pe_header){ .Signature = PE_MAGIC,
				  .Machine = PE_MACHINE_AMD64,
				  .NumberOfSections = 3 };
	add_section(0, ".linux", 1024, 600);
	add_section(1, ".cmdline", 2048, 9);
	add_section(2, ".initrd", 4096, 300);
	strcpy((char *)file + 2048, "root=/abc junk behind the size");
}

static void begin_module(void)
{
	world_reset();
	handoff_init(&h, "test");
	map_add(&h.map, 0x100000, 0x4000000, MAP_RAM);
	world_put(AT_ADDRESS, file, sizeof(file));
}

static int open_module(void)
{
	begin_module();
	return DIES_WITH(handoff_module(&h, AT_ADDRESS, sizeof(file), (struct span){ 0 }));
}

static void test_uki(void)
{
	make_uki();
	CHECK_EQUAL(open_module(), 0);
	CHECK_EQUAL(h.kernel.base, AT_ADDRESS + 1024);
	CHECK_EQUAL(h.kernel.size, 600);
	CHECK_EQUAL(h.initrds, 1);
	CHECK_EQUAL(h.initrd[0].base, AT_ADDRESS + 4096);
	CHECK_EQUAL(h.initrd[0].size, 300);
	handoff_settle_cmdline(&h);
	CHECK(!strcmp(h.cmdline, "root=/abc"));
	make_uki();
	add_section(0, ".linux", 8000, 600);
	CHECK_EQUAL(open_module(), E_BUNDLE);
	make_uki();
	add_section(2, ".initrd", 0xffffff00, 0x200);
	CHECK_EQUAL(open_module(), E_BUNDLE);
}

/* Another Lintel opens it, after an initrd and before one, and with words of its own. */
static void test_uki_sealed(void)
{
	struct pe_header *pe = (struct pe_header *)(file + 0x80);

	make_uki();
	pe->NumberOfSections = 4;
	add_section(3, ".lintel", 5000, 6);
	memcpy(file + 5000, "sealed", 6);
	begin_module();
	world_put(0x200000, "before", 6);
	world_put(0x300000, "behind", 6);
	handoff_module(&h, 0x200000, 6, (struct span){ 0 });
	handoff_module(&h, AT_ADDRESS, sizeof(file), (struct span){ (const uint8_t *)"evil", 4 });
	handoff_module(&h, 0x300000, 6, (struct span){ 0 });
	CHECK_EQUAL(h.initrds, 1);
	CHECK_EQUAL(h.initrd[0].base, AT_ADDRESS + 4096);
	handoff_settle_cmdline(&h);
	CHECK(!strcmp(h.cmdline, "root=/abc"));
	CHECK(!strcmp(h.report, "dropped=initrd\ndropped=initrd\ndropped=command line\n"));
}

/* What stands in the first profile wins over what belongs to all profiles; the sections of
 * other profiles do not count, even if nothing else has their name. */
static void test_uki_profiles(void)
{
	struct pe_header *pe = (struct pe_header *)(file + 0x80);

	make_uki();
	pe->NumberOfSections = 7;
	add_section(3, ".profile", 5000, 10);
	add_section(4, ".initrd", 5100, 20);
	add_section(5, ".profile", 5200, 10);
	add_section(6, ".ucode", 5300, 30);
	CHECK_EQUAL(open_module(), 0);
	CHECK_EQUAL(h.initrds, 1);
	CHECK_EQUAL(h.initrd[0].base, AT_ADDRESS + 5100);
	CHECK_EQUAL(h.kernel.base, AT_ADDRESS + 1024);
	/* Without sections of its own, the first profile is what belongs to all. */
	add_section(4, ".profile", 5000, 10);
	add_section(5, ".cmdline", 5200, 10);
	CHECK_EQUAL(open_module(), 0);
	CHECK_EQUAL(h.bundled_cmdline.len, 9);
	/* A kernel that only another profile has is none. */
	add_section(0, ".foo", 1024, 600);
	add_section(5, ".linux", 1024, 600);
	CHECK_EQUAL(kernel_kind((struct span){ file, sizeof(file) }), KERNEL_FOREIGN);
}

static void test_uki_microcode(void)
{
	struct pe_header *pe = (struct pe_header *)(file + 0x80);

	make_uki();
	pe->NumberOfSections = 4;
	add_section(3, ".ucode", 5000, 40);
	CHECK_EQUAL(open_module(), 0);
	CHECK_EQUAL(h.initrds, 2);
	CHECK_EQUAL(h.initrd[0].base, AT_ADDRESS + 5000);
	CHECK_EQUAL(h.initrd[0].size, 40);
	CHECK_EQUAL(h.initrd[1].base, AT_ADDRESS + 4096);
	add_section(3, ".ucode", sizeof(file) - 1, 40);
	CHECK_EQUAL(open_module(), E_BUNDLE);
}

/* What was measured: for each event the first byte, the size and the text's second letter. */
static char measured[512];
static int events_left;

static bool note_event(const struct event *e, uint8_t sha256[SHA256_SIZE])
{
	size_t n = strlen(measured), last = e->text.len - 2;

	CHECK(e->pcr == 11 && e->type == EV_IPL);
	CHECK(!e->text.p[1] && !e->text.p[last] && !e->text.p[last + 1]);
	snprintf(measured + n, sizeof(measured) - n, "%02x+%zu.%c%zu ", e->data.p[0], e->data.len,
		 e->text.p[2], last / 2);
	memset(sha256, (int)e->data.len, SHA256_SIZE);
	return --events_left;
}

static bool measure_file(int events)
{
	uint8_t digest[MEASURED_SECTIONS][SHA256_SIZE];
	struct bundle b = bundle_of((struct span){ file, sizeof(file) });
	bool done;

	measured[0] = '\0';
	events_left = events;
	begin_module();
	done = measure_sections(&b, AT_ADDRESS, note_event, digest);
	/* .linux, .cmdline, and .ucode, which is not there. */
	if (done)
		CHECK(digest[0][31] == (uint8_t)600 && digest[2][0] == 9 && !digest[4][0]);
	return done;
}

/* The order is not the file's; .pcrsig and what nobody knows does not count. */
static void test_uki_measured(void)
{
	static const char all[] = "2e+7.l6 00+600.l6 2e+9.c8 72+9.c8 2e+8.i7 00+300.i7 "
				  "2e+9.p8 00+50.p8 2e+7.e6 00+60.e6 ";
	struct pe_header *pe = (struct pe_header *)(file + 0x80);

	make_uki();
	pe->NumberOfSections = 7;
	add_section(3, ".efifw", 5000, 60);
	add_section(4, ".pcrsig", 5100, 40);
	add_section(5, ".pcrpkey", 5200, 50);
	add_section(6, ".extra", 5300, 70);
	CHECK(measure_file(100));
	CHECK(!strcmp(measured, all));
	/* Nothing more once the TPM has not done it. */
	CHECK(!measure_file(3));
	CHECK(!strcmp(measured, "2e+7.l6 00+600.l6 2e+9.c8 "));
	CHECK(!strcmp(measured_section(0), ".linux"));
	CHECK(!strcmp(measured_section(MEASURED_SECTIONS - 1), ".efifw"));
	add_section(5, ".pcrpkey", sizeof(file) - 1, 50);
	CHECK_EQUAL(DIES_WITH(measure_file(100)), E_BUNDLE);
}

/* Words that loaders add unasked do not replace the UKI's command line. */
static void test_uki_cmdline(void)
{
	static const char decoration[][40] = { "BOOT_IMAGE=/OS.efi", "initrd=a.img",
					       "BOOT_IMAGE=/u initrd=x  initrd=y ", "" };

	for (size_t i = 0; i < sizeof(decoration) / sizeof(decoration[0]); i++) {
		make_uki();
		open_module();
		strcpy(h.cmdline, decoration[i]);
		handoff_settle_cmdline(&h);
		CHECK(!strcmp(h.cmdline, "root=/abc"));
	}
	open_module();
	strcpy(h.cmdline, "BOOT_IMAGE=/u single");
	handoff_settle_cmdline(&h);
	CHECK(!strcmp(h.cmdline, "BOOT_IMAGE=/u single"));
}

static int open_secure(uint8_t secure_boot, bool is_signed, uint32_t efi)
{
	begin_module();
	h.bp.secure_boot = secure_boot;
	h.is_signed = is_signed;
	h.bp.efi_info.efi_loader_signature = efi;
	return DIES_WITH(handoff_module(&h, AT_ADDRESS, sizeof(file), (struct span){ 0 }));
}

static void test_secure_kernel(void)
{
	for (int uki = 0; uki < 2; uki++) {
		if (uki)
			make_uki();
		else
			make_bzimage();
		CHECK_EQUAL(open_secure(SECURE_BOOT_ENABLED, false, 0), E_SECURE_BOOT);
		CHECK_EQUAL(h.kernel.size, 0);
		CHECK_EQUAL(open_secure(SECURE_BOOT_DISABLED, true, EFI_LOADER_SIGNATURE_64), 0);
		/* Where nobody says: a BIOS does not look at signatures, UEFI may. */
		CHECK_EQUAL(open_secure(0, false, 0), 0);
		CHECK_EQUAL(open_secure(0, true, 0), E_SECURE_BOOT);
		CHECK_EQUAL(open_secure(0, false, EFI_LOADER_SIGNATURE_64), E_SECURE_BOOT);
	}
}

static void test_secure_initrd(void)
{
	memset(file, 0, sizeof(file));
	CHECK_EQUAL(open_secure(SECURE_BOOT_ENABLED, true, 0), 0);
	CHECK_EQUAL(h.initrds, 1);
	h.own_initrd = true;
	handoff_module(&h, AT_ADDRESS, sizeof(file), (struct span){ 0 });
	CHECK_EQUAL(h.initrds, 1);
	CHECK_TEXT(h.report, "dropped=initrd\n");
	h.bp.secure_boot = SECURE_BOOT_DISABLED;
	handoff_module(&h, AT_ADDRESS, sizeof(file), (struct span){ 0 });
	CHECK_EQUAL(h.initrds, 2);
}

static void test_secure_cmdline(void)
{
	static const char own[] = "root=/abc";

	handoff_init(&h, "test");
	h.bp.secure_boot = SECURE_BOOT_ENABLED;
	strcpy(h.cmdline, "init=/bin/sh");
	handoff_settle_cmdline(&h);
	CHECK(!strcmp(h.cmdline, "init=/bin/sh"));
	h.settled = false;
	h.bundled_cmdline = (struct span){ (const uint8_t *)own, strlen(own) };
	/* The plan is made several times; it is said once. */
	for (int i = 0; i < 2; i++) {
		handoff_settle_cmdline(&h);
		CHECK(!strcmp(h.cmdline, own));
		CHECK(!strcmp(h.report, "dropped=command line\n"));
	}
}

static const char *settled(uint8_t secure_boot, bool is_signed, const char *given)
{
	static const char own[] = "root=/abc";

	h.bp.secure_boot = secure_boot;
	h.is_signed = is_signed;
	h.settled = false;
	h.report[0] = '\0';
	strcpy(h.cmdline, given);
	h.bundled_cmdline = (struct span){ (const uint8_t *)own, strlen(own) };
	handoff_settle_cmdline(&h);
	handoff_settle_cmdline(&h);
	return h.cmdline;
}

/* Multiboot 1 cannot say that the machine has UEFI, and firmware may answer with an error. */
static void test_secure_unknown(void)
{
	static const char locked[] = "root=/abc lockdown=integrity";

	handoff_init(&h, "test");
	CHECK(!strcmp(settled(SECURE_BOOT_UNSET, true, "evil"), "evil"));
	CHECK(!strcmp(settled(SECURE_BOOT_UNKNOWN, false, "evil"), locked));
	h.may_be_uefi = true;
	CHECK(!strcmp(settled(SECURE_BOOT_UNSET, false, "evil"), "evil"));
	CHECK(!strcmp(settled(SECURE_BOOT_UNSET, true, "evil"), locked));
	CHECK(!strcmp(h.report, "dropped=command line\n"));
	CHECK(!strcmp(settled(SECURE_BOOT_UNSET, true, ""), locked));
	CHECK(!h.report[0]);
	CHECK(!strcmp(settled(SECURE_BOOT_DISABLED, true, "evil"), "evil"));
	h.own_initrd = true;
	h.bp.secure_boot = SECURE_BOOT_UNSET;
	CHECK(!handoff_wants_initrd(&h));
	h.bundled_cmdline = (struct span){ 0 };
	strcpy(h.cmdline, "lockdown=confidentiality");
	h.settled = false;
	handoff_settle_cmdline(&h);
	CHECK(!strcmp(h.cmdline, "lockdown=confidentiality"));
}

/* The directory that sbsign fills is the fifth. */
static void test_signed(void)
{
	struct pe_optional_header64 *o =
		(struct pe_optional_header64 *)(file + 0x80 + sizeof(struct pe_header));

	make_uki();
	*o = (struct pe_optional_header64){ .Magic = PE_MAGIC64 };
	CHECK(!bundle_is_signed((struct span){ file, sizeof(file) }));
	o->DataDirectory[4].Size = 1504;
	CHECK(bundle_is_signed((struct span){ file, sizeof(file) }));
	file[0] = 0x7f;
	CHECK(!bundle_is_signed((struct span){ file, sizeof(file) }));
}

static size_t add_cpio(size_t at, const char *name, const char *data)
{
	size_t n = strlen(name) + 1, d = strlen(data);

	char header[128];

	snprintf(header, sizeof(header), "07070100000001000081a4%032d%08x%032d%08x00000000", 0,
		 (uint32_t)d, 0, (uint32_t)n);
	memcpy(file + at, header, 110);
	at += 110;
	memcpy(file + at, name, n);
	at = (at + n + 3) & ~3ul;
	memcpy(file + at, data, d);
	return (at + d + 3) & ~3ul;
}

static void test_cpio(void)
{
	size_t at;

	memset(file, 0, sizeof(file));
	CHECK(!cpio_is_early((struct span){ file, sizeof(file) }));
	at = add_cpio(0, "kernel", "");
	at = add_cpio(at, "kernel/x86", "");
	at = add_cpio(at, "kernel/x86/microcode", "");
	at = add_cpio(at, "kernel/x86/microcode/GenuineIntel.bin", "code");
	CHECK(cpio_is_early((struct span){ file, at }));
	for (size_t n = 0; n < at; n++)
		cpio_is_early((struct span){ file, n });
	add_cpio(0, "kernel/firmware/acpi/ssdt.aml", "table");
	CHECK(cpio_is_early((struct span){ file, sizeof(file) }));
	add_cpio(0, "kernel/x86/microcode/", "");
	CHECK(!cpio_is_early((struct span){ file, sizeof(file) }));
	at = add_cpio(0, "init", "#!/bin/sh\n");
	add_cpio(at, "kernel/x86/microcode/GenuineIntel.bin", "code");
	CHECK(!cpio_is_early((struct span){ file, sizeof(file) }));
}

const struct test kernel_tests[] = { { "bzimage: good", test_bzimage_good },
				     { "bzimage: protocols", test_bzimage_protocols },
				     { "bzimage: payload", test_bzimage_payload },
				     { "bzimage: refusals", test_bzimage_refusals },
				     { "bzimage: cut at every byte", test_bzimage_cuts },
				     { "elf: good", test_elf_good },
				     { "elf: 32 bits", test_elf32 },
				     { "elf: refusals", test_elf_refusals },
				     { "elf: an interpreter", test_elf_interpreter },
				     { "elf: notes are bounded", test_elf_notes },
				     { "kernel: an ELF file for Multiboot", test_elf_multiboot },
				     { "elf: cut at every byte", test_elf_cuts },
				     { "kernel: others", test_kernel_others },
				     { "uki: as a module", test_uki },
				     { "uki: sealed", test_uki_sealed },
				     { "uki: profiles", test_uki_profiles },
				     { "uki: microcode", test_uki_microcode },
				     { "uki: measured", test_uki_measured },
				     { "uki: command line", test_uki_cmdline },
				     { "secure boot: kernel", test_secure_kernel },
				     { "secure boot: initrd", test_secure_initrd },
				     { "secure boot: command line", test_secure_cmdline },
				     { "secure boot: where nobody can tell", test_secure_unknown },
				     { "secure boot: signed image", test_signed },
				     { "cpio: microcode", test_cpio },
				     { 0 } };
