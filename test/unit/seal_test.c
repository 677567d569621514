// SPDX-License-Identifier: BSD-2-Clause
/*
 * Sealed images: the section .lintel, what is left out or refused of what others add, and the
 * checksums of sections.  Host program under ASan and UBSan.
 */
#include "protocol/seal.h"

#include "protocol/handoff.h"
#include "protocol/pe.h"
#include "shim/hash/hash.h"
#include "shim/seal.h"
#include "test/unit/check.h"

#define UKI_AT 0x1000000
#define MIB 0x100000ull

static struct handoff h;
static struct seal seal;

static struct span text_of(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

static void read_seal(const char *text)
{
	seal_read(&seal, text_of(text));
}

static void check_read(const char *text, bool sealed, bool strict, bool must_measure)
{
	read_seal(text);
	CHECK(seal.sealed == sealed && seal.strict == strict && seal.must_measure == must_measure);
}

static void test_read(void)
{
	world_reset();
	check_read("", false, false, false);
	check_read("\n\n", false, false, false);
	check_read("sealed", true, false, false);
	check_read("sealed=strict\n", true, true, false);
	check_read("measured=required\nsealed\n", true, false, true);
	check_read("sha256=.linux:00\n", false, false, false);
	/* Zeros fill a section up to its end. */
	seal_read(&seal, (struct span){ (const uint8_t *)"sealed\n\0\0", 9 });
	CHECK(seal.sealed);
}

/* What is not understood may be what protects the image. */
static void test_unknown(void)
{
	static const char *const lines[] = { "seal",	"sealed ",     "sealed=",
					     "Sealed",	"sealed=no",   "measured",
					     "sha256=", "sealed\nx\n", "sealed\r\n" };

	world_reset();
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		CHECK_EQUAL(DIES_WITH(read_seal(lines[i])), E_BUNDLE);
}

/* A packed image of one section with the seal @text, in memory. */
static void begin(const char *text, const char *kernel)
{
	static struct pe_section table[1];

	world_reset();
	handoff_init(&h, "test");
	table[0] = (struct pe_section){
		.Name = ".linux", .VirtualSize = 6, .SizeOfRawData = 6, .PointerToRawData = 0x1000
	};
	world_put(UKI_AT + 0x1000, kernel, 6);
	h.uki = (struct bundle){ { (const uint8_t *)table, sizeof(table) }, 0x2000, false };
	h.uki_base = UKI_AT;
	map_add(&h.map, 0, 64 * MIB, MAP_RAM);
	h.kernel = (struct blob){ UKI_AT + 0x1000, 6 };
	h.bundled_cmdline = text_of("own");
	seal_read(&h.seal, text_of(text));
}

static void kernel_line(char line[96])
{
	uint8_t digest[HASH_MAX];
	char hex[65];

	CHECK(hash_span(ALG_SHA256, text_of("kernel"), digest));
	format_hex(hex, digest, 32);
	snprintf(line, 96, "sealed\nsha256=.linux:%s\n", hex);
}

static void test_checksums(void)
{
	char line[96];

	kernel_line(line);
	begin(line, "kernel");
	seal_check(&h, hash_span);
	CHECK_TEXT(h.report, "digest=.linux:");
	CHECK_EQUAL(DIES_WITH(seal_check(&h, NULL)), E_DATA);
	begin(line, "kerneL");
	CHECK_EQUAL(DIES_WITH(seal_check(&h, hash_span)), E_DATA);
	line[strlen(line) - 2] ^= 1;
	begin(line, "kernel");
	CHECK_EQUAL(DIES_WITH(seal_check(&h, hash_span)), E_DATA);
	begin("sealed\nsha256=.initrd:00\n", "kernel");
	CHECK_EQUAL(DIES_WITH(seal_check(&h, hash_span)), E_DATA);
	begin("sealed\nsha256=.linux\n", "kernel");
	CHECK_EQUAL(DIES_WITH(seal_check(&h, hash_span)), E_DATA);
	begin("sealed\n", "kernel");
	CHECK_EQUAL(DIES_WITH(seal_check(&h, hash_span)), E_BUNDLE);
	begin("", "kernel");
	seal_check(&h, NULL);
}

/* Whether or not the image has an initrd and words of its own, and without Secure Boot. */
static void test_left_out(void)
{
	begin("sealed", "kernel");
	world_put(MIB, "initrd", 6);
	handoff_module(&h, MIB, 6, text_of(""));
	CHECK_EQUAL(h.initrds, 0);
	CHECK_TEXT(world_said(), "sealed image: the loader's initrd is left out");
	strcpy(h.cmdline, "evil=1");
	handoff_settle_cmdline(&h);
	CHECK(!strcmp(h.cmdline, "own"));
	handoff_extra_words(&h, text_of("evil"), false);
	CHECK(!strcmp(h.cmdline, "own"));
	CHECK_TEXT(h.report, "dropped=initrd\ndropped=command line\ndropped=SMBIOS words\n");
	begin("sealed", "kernel");
	h.bundled_cmdline.len = 0;
	strcpy(h.cmdline, "evil=1");
	handoff_settle_cmdline(&h);
	CHECK(!h.cmdline[0]);
	begin("sealed", "kernel");
	strcpy(h.cmdline, "BOOT_IMAGE=/OS.efi");
	handoff_settle_cmdline(&h);
	CHECK(!strcmp(h.cmdline, "own") && !h.report[0]);
}

static void test_strict(void)
{
	begin("sealed=strict", "kernel");
	world_put(MIB, "initrd", 6);
	CHECK_EQUAL(DIES_WITH(handoff_module(&h, MIB, 6, text_of(""))), E_SEALED);
	begin("sealed=strict", "kernel");
	strcpy(h.cmdline, "evil=1");
	CHECK_EQUAL(DIES_WITH(handoff_settle_cmdline(&h)), E_SEALED);
	begin("sealed=strict", "kernel");
	CHECK_EQUAL(DIES_WITH(handoff_extra_words(&h, text_of("evil"), false)), E_SEALED);
	strcpy(h.cmdline, "BOOT_IMAGE=/OS.efi");
	handoff_settle_cmdline(&h);
	CHECK(!strcmp(h.cmdline, "own"));
}

const struct test seal_tests[] = { { "seal: its lines", test_read },
				   { "seal: lines that are not known", test_unknown },
				   { "seal: checksums", test_checksums },
				   { "seal: what others add is left out", test_left_out },
				   { "seal: or refused", test_strict },
				   { 0 } };
