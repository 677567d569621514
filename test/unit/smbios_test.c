// SPDX-License-Identifier: BSD-2-Clause
/* Words for the command line from SMBIOS: entry points, structures, and when they count. */
#include "protocol/smbios.h"

#include "protocol/handoff.h"
#include "protocol/number.h"
#include "test/unit/check.h"

#define KEY "io.systemd.stub.kernel-cmdline-extra="
#define TABLE 0x7fe0000
#define HIGH_TABLE 0x140000000
#define SYSTEM_TABLE 0x7fc000
#define CONFIGURATION 0x7fd000
#define ENTRY 0x7fe000

static struct handoff h;

/* BIOS information without strings, then OEM strings, then another structure of that type. */
#define BIOS_INFO                                      \
	"\x00\x12\x00\x00" ABSENT10 "\x00\x00\x00\x00" \
	"\x00\x00"
#define ABSENT10 "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
#define OEM "\x0b\x05\x00\x0b"
#define END "\x7f\x04\xfe\xfe\x00\x00"
#define GOOD                 \
	BIOS_INFO OEM "\x02" \
		      "first\0" KEY "foo=bar quiet\0\0" END

static void make_64(uint8_t *p, uint64_t table, uint32_t size)
{
	memcpy(p, "_SM3_", 5);
	p[6] = 24;
	memcpy(p + 12, &size, 4);
	memcpy(p + 16, &table, 8);
	world_sum(p, 24, 5);
}

static void make_32(uint8_t *p, uint32_t table, uint16_t size)
{
	memcpy(p, "_SM_", 4);
	p[5] = 31;
	memcpy(p + 16, "_DMI_", 5);
	memcpy(p + 22, &size, 2);
	memcpy(p + 24, &table, 4);
	world_sum(p + 16, 15, 5);
	world_sum(p, 31, 4);
}

static uint8_t *rom(void)
{
	world_reset();
	handoff_init(&h, "test");
	return world_put(0xf0000, NULL, 0x10000);
}

static void check_words(const char *wanted)
{
	struct span s = smbios_words(&h.bp.efi_info);

	bool right = s.len == strlen(wanted) && (!s.len || !memcmp(s.p, wanted, s.len));

	if (!right)
		printf("  found \"%.*s\", expected \"%s\"\n", (int)s.len, (const char *)s.p,
		       wanted);
	CHECK(right);
}

/* What is found in a table of these bytes, by an entry point of each kind. */
static void check_table(const char *bytes, size_t size, const char *wanted)
{
	make_64(rom() + 0x5940, TABLE, (uint32_t)size);
	world_put(TABLE, bytes, size);
	check_words(wanted);
	make_32(rom() + 0x10, TABLE, (uint16_t)size);
	world_put(TABLE, bytes, size);
	check_words(wanted);
}

#define CHECK_TABLE(bytes, wanted) check_table(bytes, sizeof(bytes) - 1, wanted)

static void test_table(void)
{
	CHECK_TABLE(GOOD, "foo=bar quiet");
	CHECK_TABLE(OEM "\x01" KEY "a\0\0" OEM "\x01" KEY "b\0\0" END, "a"); /* the first */
	CHECK_TABLE(OEM "\x02" KEY "a\0" KEY "b\0\0" END, "a");
	CHECK_TABLE(OEM "\x02" KEY "\0" KEY "b\0\0" END, "b");
	CHECK_TABLE(OEM "\x01" KEY "a", "a"); /* cut off, with no end */
}

static void test_none(void)
{
	CHECK_TABLE("", "");
	CHECK_TABLE(END GOOD, "");
	CHECK_TABLE(BIOS_INFO END, "");
	CHECK_TABLE("\x01\x04\x00\x00" KEY "a\0\0" END, ""); /* of another type */
	CHECK_TABLE(OEM "\x01x" KEY "a\0\0" END, "");	     /* another key */
	CHECK_TABLE(OEM "\x01io.systemd.stub\0\0" END, "");
	CHECK_TABLE("\x01\x03\x00\x00" GOOD, "");		/* a length that cannot be */
	CHECK_TABLE("\x01\xff\x00\x00" OEM "\x01" KEY "a", ""); /* beyond the table */
	CHECK_TABLE("\x0b\x05\x00", "");
	CHECK_TABLE(OEM "\x00\x00\x00", "");
}

static void test_entry(void)
{
	uint8_t *p = rom();

	check_words("");
	world_put(TABLE, GOOD, sizeof(GOOD));
	make_64(p + 0x20, TABLE, sizeof(GOOD));
	p[0x20 + 5]++;
	check_words("");
	make_64(p + 0x20, TABLE, sizeof(GOOD));
	p[0x20 + 6] = 200; /* longer than any */
	check_words("");
	memset(p + 0x20, 0, 32);
	make_64(p + 0x28, TABLE, sizeof(GOOD)); /* on no multiple of 16 */
	check_words("");
	make_64(p + 0x40, HIGH_TABLE, sizeof(GOOD));
	world_put(HIGH_TABLE, GOOD, sizeof(GOOD));
	check_words(""); /* no BIOS has it above 4 GiB */
	make_32(p + 0xfff0 - 0x10, TABLE, sizeof(GOOD));
	check_words("foo=bar quiet");
	p[0xfff0]++; /* the second part's checksum */
	check_words("");
	make_64(p + 0xffe8, TABLE, sizeof(GOOD)); /* at the area's end, on no multiple of 16 */
	check_words("");
	p = rom();
	make_32(p, TABLE, 0);
	make_64(p + 0x40, 0, sizeof(GOOD));
	check_words("");
	make_64(p + 0x40, 0xfffffff0, UINT32_MAX);
	check_words("");
}

static void name_in_efi(const char *guid, uint64_t entry)
{
	const uint64_t count = 2, tables = CONFIGURATION;
	uint8_t *st = world_put(SYSTEM_TABLE, NULL, 120), *table = world_put(tables, NULL, 48);

	memcpy(st, "IBI SYST", 8);
	memcpy(st + 104, &count, 8);
	memcpy(st + 112, &tables, 8);
	memcpy(table + 24, guid, 16);
	memcpy(table + 40, &entry, 8);
	h.bp.efi_info.efi_loader_signature = EFI_LOADER_SIGNATURE_64;
	h.bp.efi_info.efi_systab = SYSTEM_TABLE;
}

static void test_efi(void)
{
	static const char in_rom[] = OEM "\x01" KEY "rom\0\0" END;

	make_64(rom(), TABLE, sizeof(in_rom));
	world_put(TABLE, in_rom, sizeof(in_rom));
	name_in_efi("\x44\x15\xfd\xf2\x94\x97\x2c\x4a\x99\x2e\xe5\xbb\xcf\x20\xe3\x94", ENTRY);
	check_words("");
	make_64(world_put(ENTRY, NULL, 32), HIGH_TABLE, sizeof(GOOD));
	world_put(HIGH_TABLE, GOOD, sizeof(GOOD));
	check_words("foo=bar quiet");
	rom();
	name_in_efi("\x31\x2d\x9d\xeb\x88\x2d\xd3\x11\x9a\x16\x00\x90\x27\x3f\xc1\x4d", ENTRY);
	make_32(world_put(ENTRY, NULL, 32), TABLE, sizeof(GOOD));
	world_put(TABLE, GOOD, sizeof(GOOD));
	check_words("foo=bar quiet");
}

/* Each structure and each string is looked at once, whatever they say. */
static void test_bounded(void)
{
	static uint8_t many[2 * MIB];

	for (size_t i = 0; i + 6 < sizeof(many); i += 6)
		memcpy(many + i, "\x0b\x04\x00\x00\x00\x00", 6);
	memcpy(many + 3 * MIB / 2, OEM "\x01" KEY "late\0\0", sizeof(KEY) + 10);
	make_64(rom(), TABLE, sizeof(many));
	world_put(TABLE, many, sizeof(many));
	check_words("");
}

static const char *with(const char *line, const char *words, bool is_confidential)
{
	world_reset();
	strcpy(h.cmdline, line);
	handoff_extra_words(&h, (struct span){ (const uint8_t *)words, strlen(words) },
			    is_confidential);
	return h.cmdline;
}

static void test_added(void)
{
	handoff_init(&h, "test");
	CHECK(!strcmp(with("root=/dev/sda", "a b", false), "root=/dev/sda a b"));
	CHECK(!strcmp(with("", "a", false), "a"));
	CHECK(!strcmp(with("x", "", false), "x"));
	CHECK(!strcmp(with("x a b", "a b", false), "x a b")); /* by a Lintel before this one */
	CHECK(!strcmp(with("a b", "a b", false), "a b"));
	CHECK(!strcmp(with("xa b", "a b", false), "xa b a b"));
	CHECK(!strcmp(with("x", "a\tb\n\x1b[2J\x7f", false), "x a b  [2J "));
	CHECK(!*world_said());
}

static void test_left_out(void)
{
	static char longest[CMDLINE_MAX + 1];

	handoff_init(&h, "test");
	CHECK(!strcmp(with("x", "a", true), "x"));
	CHECK_TEXT(world_said(), "confidential machine: SMBIOS's words");
	CHECK_TEXT(h.report, "dropped=SMBIOS words");
	h.bp.secure_boot = SECURE_BOOT_ENABLED;
	CHECK(!strcmp(with("x", "a", false), "x"));
	CHECK_TEXT(world_said(), "Secure Boot: SMBIOS's words");
	CHECK(!strcmp(with("x", "", false), "x"));
	CHECK(!*world_said());
	h.bp.secure_boot = SECURE_BOOT_UNKNOWN;
	CHECK(!strcmp(with("x", "a", false), "x"));
	h.bp.secure_boot = SECURE_BOOT_UNSET;
	CHECK(!strcmp(with("x", "a", false), "x a"));
	h.is_signed = h.may_be_uefi = true;
	CHECK(!strcmp(with("x", "a", false), "x"));
	h.bp.secure_boot = SECURE_BOOT_DISABLED;
	memset(longest, 'y', CMDLINE_MAX);
	CHECK_EQUAL(DIES_WITH(with("x", longest, false)), E_CMDLINE);
}

const struct test smbios_tests[] = {
	{ "smbios: OEM strings", test_table },		 { "smbios: no words", test_none },
	{ "smbios: entry points", test_entry },		 { "smbios: by UEFI's tables", test_efi },
	{ "smbios: work is bounded", test_bounded },	 { "smbios: words are added", test_added },
	{ "smbios: words are left out", test_left_out }, { 0 }
};
