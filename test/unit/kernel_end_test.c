// SPDX-License-Identifier: BSD-2-Clause
/*
 * Where a kernel ends in a file that has more behind it, and what becomes of a loader's
 * one ramdisk.
 */
#include <unistd.h>
#include <lintel/elf.h>

#include "protocol/kernel.h"
#include "protocol/pe.h"
#include "test/unit/check.h"

#define AT_ADDRESS 0x400000
#define PE_AT 0x80
/* A boot sector and a setup sector, then 1 KiB. */
#define SETUP 1024
#define BZIMAGE_SIZE 2048
#define CPIO "070701 an archive, or so it says"

static uint8_t file[8192];
static struct handoff h;

static uint64_t end_of_bytes(const uint8_t *bytes, size_t size)
{
	struct span f = { bytes, size };

	return kernel_end(f, kernel_kind(f));
}

static uint64_t end_of(size_t size)
{
	return end_of_bytes(file, size);
}

static struct setup_header *make_bzimage(void)
{
	struct setup_header *s = (struct setup_header *)(file + 0x1f1);

	memset(file, 0, sizeof(file));
	memset(file + SETUP, 0x90, BZIMAGE_SIZE - SETUP);
	*s = (struct setup_header){ .setup_sects = 1,
				    .syssize = (BZIMAGE_SIZE - SETUP) / 16,
				    .boot_flag = LINUX_BOOT_FLAG,
				    .header = LINUX_HDRS,
				    .version = 0x20f };
	return s;
}

static struct pe_optional_header64 *make_pe(void)
{
	struct pe_header *pe = (struct pe_header *)(file + PE_AT);
	struct pe_optional_header64 *o = (struct pe_optional_header64 *)(pe + 1);

	memcpy(file, "MZ", 2);
	file[MZ_E_LFANEW] = PE_AT;
	*pe = (struct pe_header){ .Signature = PE_MAGIC,
				  .Machine = PE_MACHINE_AMD64,
				  .SizeOfOptionalHeader = sizeof(*o) };
	memset(o, 0, sizeof(*o));
	o->Magic = 0x20b;
	return o;
}

static void add_section(const char *name, uint32_t at, uint32_t size)
{
	struct pe_header *pe = (struct pe_header *)(file + PE_AT);
	struct pe_section *s = (struct pe_section *)(file + PE_AT + sizeof(*pe) +
						     sizeof(struct pe_optional_header64)) +
			       pe->NumberOfSections++;

	*s = (struct pe_section){ .VirtualSize = size - 1,
				  .SizeOfRawData = size,
				  .PointerToRawData = at };
	memcpy(s->Name, name, strlen(name));
}

static void make_uki(void)
{
	memset(file, 0, sizeof(file));
	make_pe();
	add_section(".linux", 1024, 512);
	add_section(".initrd", 2048, 512); /* the last one in the file, not in the table */
	add_section(".cmdline", 1536, 512);
	file[2559] = 1;
}

static struct elf64_ehdr *make_elf(void)
{
	struct elf64_ehdr *e = (struct elf64_ehdr *)file;

	memset(file, 0, sizeof(file));
	*e = (struct elf64_ehdr){ .e_type = ET_EXEC,
				  .e_machine = EM_X86_64,
				  .e_shoff = 2048,
				  .e_shentsize = 64,
				  .e_shnum = 3 };
	memcpy(e->e_ident,
	       "\x7f"
	       "ELF\2\1\1",
	       7);
	return e;
}

static void make_elf32(struct elf32_ehdr e)
{
	make_elf();
	memcpy(e.e_ident,
	       "\x7f"
	       "ELF\1\1\1",
	       7);
	memcpy(file, &e, sizeof(e));
}

static void test_end_bzimage(void)
{
	make_bzimage();
	CHECK_EQUAL(end_of(8192), BZIMAGE_SIZE);
	CHECK_EQUAL(end_of(BZIMAGE_SIZE), BZIMAGE_SIZE);
	CHECK_EQUAL(end_of(BZIMAGE_SIZE - 1), BZIMAGE_SIZE - 1);
	make_bzimage()->setup_sects = 0; /* means 4 */
	CHECK_EQUAL(end_of(8192), BZIMAGE_SIZE - SETUP + 5 * 512);
	make_bzimage()->syssize = UINT32_MAX;
	CHECK_EQUAL(end_of(8192), 8192);
	/* Before 2.04 the field is cut to 16 bits, so the kernel may well be longer. */
	make_bzimage()->version = 0x203;
	CHECK_EQUAL(end_of(8192), 8192);
}

/* What a PE file has behind its sections, and behind what syssize tells. */
static void test_end_signature(void)
{
	make_bzimage();
	add_section("", 0, 0); /* make_pe() sets the count to 0 again */
	struct pe_optional_header64 *o = make_pe();

	add_section(".text", 1024, 1024);
	CHECK_EQUAL(end_of(8192), BZIMAGE_SIZE);
	o->DataDirectory[4].VirtualAddress = BZIMAGE_SIZE + 8;
	o->DataDirectory[4].Size = 1504;
	CHECK_EQUAL(end_of(8192), BZIMAGE_SIZE + 8 + 1504);
	o->Magic = 0x10b; /* 32 bits: the directory is elsewhere */
	CHECK_EQUAL(end_of(8192), BZIMAGE_SIZE);
	o->Magic = 0x20b;
	o->DataDirectory[4].VirtualAddress = o->DataDirectory[4].Size = UINT32_MAX;
	CHECK_EQUAL(end_of(8192), 8192);
	add_section(".data", 3072, 512);
	o->DataDirectory[4].Size = o->DataDirectory[4].VirtualAddress = 0;
	CHECK_EQUAL(end_of(8192), 3584);
}

static void test_end_uki(void)
{
	make_uki();
	CHECK_EQUAL(end_of(8192), 2560);
	CHECK_EQUAL(end_of(2560), 2560);
	CHECK_EQUAL(end_of(2559), 2559);
	add_section(".late", UINT32_MAX, UINT32_MAX);
	CHECK_EQUAL(end_of(8192), 8192);
}

static void test_end_elf(void)
{

	make_elf();
	CHECK_EQUAL(end_of(8192), 2048 + 3 * 64);
	CHECK_EQUAL(end_of(2048 + 3 * 64), 2048 + 3 * 64);
	CHECK_EQUAL(end_of(2048), 2048);
	make_elf()->e_shoff = 0; /* nothing tells */
	CHECK_EQUAL(end_of(8192), 8192);
	make_elf()->e_shoff = UINT64_MAX - 64;
	CHECK_EQUAL(end_of(8192), 8192);
	make_elf32((struct elf32_ehdr){ .e_shoff = 1024, .e_shentsize = 40, .e_shnum = 2 });
	CHECK_EQUAL(end_of(8192), 1024 + 2 * 40);
}

/* Linkers may put the table of sections before the sections, as Go's does. */
static void test_end_elf_table_first(void)
{
	struct elf64_shdr *s = (struct elf64_shdr *)(file + 64);
	struct elf32_shdr *t = (struct elf32_shdr *)(file + 52);

	make_elf()->e_shoff = 64;
	s[1] = (struct elf64_shdr){ .sh_type = 1, .sh_offset = 1024, .sh_size = 3000 };
	s[2] = (struct elf64_shdr){ .sh_type = SHT_NOBITS, .sh_offset = 4024, .sh_size = 9000 };
	CHECK_EQUAL(end_of(8192), 4024);
	s[1].sh_size = UINT64_MAX;
	CHECK_EQUAL(end_of(8192), 8192);
	s[1].sh_offset = 9000;
	s[1].sh_size = 10;
	CHECK_EQUAL(end_of(8192), 8192);
	make_elf32((struct elf32_ehdr){ .e_shoff = 52, .e_shentsize = 40, .e_shnum = 2 });
	t[1] = (struct elf32_shdr){ .sh_type = 1, .sh_offset = 1024, .sh_size = 3000 };
	CHECK_EQUAL(end_of(8192), 4024);
}

/* No table of sections, as in our own ELF face: then it is its segments. */
static void test_end_elf_segments(void)
{
	struct elf64_phdr *p = (struct elf64_phdr *)(file + 64);
	struct elf32_phdr *q = (struct elf32_phdr *)(file + 52);
	struct elf64_ehdr *e = make_elf();

	e->e_shoff = 0;
	e->e_phoff = 64;
	e->e_phentsize = sizeof(*p);
	e->e_phnum = 2;
	p[0] = (struct elf64_phdr){ .p_type = PT_LOAD, .p_offset = 1024, .p_filesz = 3000 };
	p[1] = (struct elf64_phdr){ .p_type = PT_NOTE, .p_offset = 200, .p_filesz = 100 };
	CHECK_EQUAL(end_of(8192), 4024);
	CHECK_EQUAL(end_of(4000), 4000); /* cut off */
	p[1].p_filesz = UINT64_MAX;
	CHECK_EQUAL(end_of(8192), 8192);
	e->e_phoff = 8100;
	CHECK_EQUAL(end_of(8192), 8192);
	make_elf32((struct elf32_ehdr){ .e_phoff = 52, .e_phentsize = 32, .e_phnum = 1 });
	q[0] = (struct elf32_phdr){ .p_type = PT_LOAD, .p_offset = 1024, .p_filesz = 3000 };
	CHECK_EQUAL(end_of(8192), 4024);
}

/* No kernel: nothing in it says where it ends, whatever its bytes look like. */
static void test_end_others(void)
{
	memset(file, 0, sizeof(file));
	CHECK_EQUAL(end_of(8192), 8192);
	CHECK_EQUAL(end_of(0), 0);
	make_uki();
	memcpy(((struct pe_header *)(file + PE_AT)) + 1, "\x0b\x02", 2);
	((struct pe_optional_header64 *)(((struct pe_header *)(file + PE_AT)) + 1))
		->DataDirectory[4]
		.Size = 100;
	memcpy(file, "07", 2); /* an archive that happens to have a 0x20b */
	CHECK_EQUAL(end_of(8192), 8192);
	make_uki();
	file[PE_AT] = 0;
	CHECK_EQUAL(end_of(8192), 8192);
	memset(file, 0, sizeof(file));
	make_pe(); /* an EFI program, which is refused as a whole */
	add_section(".text", 1024, 512);
	CHECK_EQUAL(end_of(8192), 8192);
}

static void check_changed(size_t size)
{
	static const uint8_t value[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	uint8_t *copy = malloc(size);

	memcpy(copy, file, size);
	for (size_t i = 0; i < size; i++)
		for (size_t v = 0; v < sizeof(value); v++) {
			copy[i] = value[v];
			CHECK(end_of_bytes(copy, size) <= size);
			copy[i] = file[i];
		}
	free(copy);
	for (size_t n = 0; n < size; n++) {
		copy = malloc(n + 1);
		memcpy(copy, file, n);
		CHECK(end_of_bytes(copy, n) <= n);
		free(copy);
	}
}

static void test_end_changed(void)
{
	alarm(60);
	make_bzimage();
	make_pe()->DataDirectory[4].VirtualAddress = 3000;
	add_section(".text", 1024, 1024);
	check_changed(3072);
	make_uki();
	check_changed(2600);
	make_elf();
	check_changed(2600);
	alarm(0);
}

/* ---- the one file of a loader that has no more ---- */

static int read_ramdisk(size_t size)
{
	world_reset();
	handoff_init(&h, "test");
	map_add(&h.map, 0x100000, 0x4000000, MAP_RAM);
	world_put(AT_ADDRESS, file, size);
	alarm(10);
	int error = DIES_WITH(handoff_ramdisk(&h, AT_ADDRESS, size));

	alarm(0);
	return error;
}

static void check_initrd(uint32_t i, uint64_t at, uint64_t end)
{
	CHECK_EQUAL(h.initrd[i].base, AT_ADDRESS + at);
	CHECK_EQUAL(h.initrd[i].base + h.initrd[i].size, AT_ADDRESS + end);
	CHECK(!map_is_free(&h.map, AT_ADDRESS + at, AT_ADDRESS + end));
}

static void test_ramdisk_joined(void)
{
	make_bzimage();
	strcpy((char *)file + BZIMAGE_SIZE, CPIO);
	CHECK_EQUAL(read_ramdisk(4096), 0);
	CHECK_EQUAL(h.kernel.base, AT_ADDRESS);
	CHECK_EQUAL(h.kernel.size, BZIMAGE_SIZE);
	CHECK_EQUAL(h.initrds, 1);
	check_initrd(0, BZIMAGE_SIZE, 4096);
}

/* Padding between the two, as `truncate -s %4096` makes it. */
/* A header of cpio's; only what is looked at is filled. */
static size_t put_cpio(uint8_t *at, unsigned mode, const char *name, size_t size)
{
	size_t namesize = strlen(name) + 1, n = (110 + namesize + 3) & ~3ul;

	memset(at, 0, n);
	sprintf((char *)at, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", 1, mode,
		0, 0, 1, 0, size, 0, 0, 0, 0, namesize, 0);
	memcpy(at + 110, name, namesize);
	return n;
}

static void test_ramdisk_archive(void)
{
	uint8_t archive[8192] = { 0 };
	size_t kernel, rest, n;

	make_bzimage();
	n = put_cpio(archive, 040755, "boot", 0);
	n += put_cpio(archive + n, 0100644, "boot/vmlinuz", BZIMAGE_SIZE);
	kernel = n;
	memcpy(archive + n, file, BZIMAGE_SIZE);
	rest = n += (BZIMAGE_SIZE + 3) & ~3ul;
	n += put_cpio(archive + n, 0100755, "init", 0);
	memcpy(file, archive, sizeof(archive));
	CHECK_EQUAL(read_ramdisk(n), 0);
	CHECK_EQUAL(h.kernel.base, AT_ADDRESS + kernel);
	CHECK_EQUAL(h.kernel.size, BZIMAGE_SIZE);
	CHECK_EQUAL(h.initrds, 1);
	CHECK_EQUAL(h.initrd[0].base, AT_ADDRESS + rest);
	CHECK_EQUAL(h.initrd[0].size, n - rest);
	file[kernel + 0x202] ^= 1; /* no kernel any more: all is an initrd */
	CHECK_EQUAL(read_ramdisk(n), 0);
	CHECK_EQUAL(h.kernel.size, 0);
	CHECK_EQUAL(h.initrd[0].size, n);
}

static void test_ramdisk_padded(void)
{
	make_bzimage();
	strcpy((char *)file + 4096, CPIO);
	CHECK_EQUAL(read_ramdisk(8192), 0);
	CHECK_EQUAL(h.kernel.size, BZIMAGE_SIZE);
	CHECK_EQUAL(h.initrds, 1);
	check_initrd(0, 4096, 8192);
	make_bzimage();
	CHECK_EQUAL(read_ramdisk(8192), 0); /* nothing but padding */
	CHECK_EQUAL(h.kernel.size, BZIMAGE_SIZE);
	CHECK_EQUAL(h.initrds, 0);
}

static void test_ramdisk_kernel_only(void)
{
	make_bzimage();
	CHECK_EQUAL(read_ramdisk(BZIMAGE_SIZE), 0);
	CHECK_EQUAL(h.kernel.size, BZIMAGE_SIZE);
	CHECK_EQUAL(h.initrds, 0);
}

/* Its own initrd first, then what is behind it. */
static void test_ramdisk_uki(void)
{
	make_uki();
	strcpy((char *)file + 2560, CPIO);
	CHECK_EQUAL(read_ramdisk(4096), 0);
	CHECK_EQUAL(h.kernel.base, AT_ADDRESS + 1024);
	CHECK_EQUAL(h.kernel.size, 511);
	CHECK_EQUAL(h.initrds, 2);
	check_initrd(0, 2048, 2559);
	check_initrd(1, 2560, 4096);
}

static void test_ramdisk_initrd(void)
{
	memset(file, 0, sizeof(file));
	strcpy((char *)file, CPIO);
	CHECK_EQUAL(read_ramdisk(4096), 0);
	CHECK_EQUAL(h.kernel.size, 0);
	CHECK_EQUAL(h.initrds, 1);
	check_initrd(0, 0, 4096);
	CHECK_EQUAL(read_ramdisk(0), 0);
	CHECK_EQUAL(h.initrds, 0);
}

/* Where there is a kernel already, the file is an initrd whatever is in it. */
static void test_ramdisk_second(void)
{
	make_bzimage();
	world_put(AT_ADDRESS, file, 4096);
	handoff_init(&h, "test");
	map_add(&h.map, 0x100000, 0x4000000, MAP_RAM);
	h.kernel = (struct blob){ 0x200000, 4096 };
	CHECK_EQUAL(DIES_WITH(handoff_ramdisk(&h, AT_ADDRESS, 4096)), 0);
	CHECK_EQUAL(h.kernel.base, 0x200000);
	CHECK_EQUAL(h.initrds, 1);
	check_initrd(0, 0, 4096);
}

static void test_ramdisk_outside(void)
{
	static const struct blob lies[] = { { 0xf0000000, 4096 },
					    { AT_ADDRESS, 0x4000000 },
					    { AT_ADDRESS, UINT64_MAX },
					    { UINT64_MAX - 5, 4096 },
					    { 0xff000, 8192 } };

	make_bzimage();
	strcpy((char *)file + BZIMAGE_SIZE, CPIO);
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		world_reset();
		handoff_init(&h, "test");
		map_add(&h.map, 0x100000, 0x4000000, MAP_RAM);
		world_put(AT_ADDRESS, file, sizeof(file));
		alarm(10); /* nobody looks through what is not there */
		CHECK_EQUAL(DIES_WITH(handoff_ramdisk(&h, lies[i].base, lies[i].size)), E_MODULE);
		alarm(0);
		CHECK_EQUAL(h.kernel.size, 0); /* nor is a piece of it taken before */
	}
}

const struct test kernel_end_tests[] = {
	{ "kernel end: bzImage", test_end_bzimage },
	{ "kernel end: signature", test_end_signature },
	{ "kernel end: UKI", test_end_uki },
	{ "kernel end: ELF", test_end_elf },
	{ "kernel end: ELF, table first", test_end_elf_table_first },
	{ "kernel end: ELF, segments", test_end_elf_segments },
	{ "kernel end: no kernel", test_end_others },
	{ "kernel end: cut and changed at every byte", test_end_changed },
	{ "ramdisk: kernel and initrd", test_ramdisk_joined },
	{ "ramdisk: an archive with a kernel", test_ramdisk_archive },
	{ "ramdisk: padding between", test_ramdisk_padded },
	{ "ramdisk: kernel", test_ramdisk_kernel_only },
	{ "ramdisk: UKI", test_ramdisk_uki },
	{ "ramdisk: initrd", test_ramdisk_initrd },
	{ "ramdisk: beside a kernel", test_ramdisk_second },
	{ "ramdisk: outside RAM", test_ramdisk_outside },
	{ 0 }
};
