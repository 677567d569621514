// SPDX-License-Identifier: BSD-2-Clause
/*
 * What is measured of a handoff, into which PCR and in which order, with a TPM that takes notes.
 * Host program under ASan and UBSan.
 */
#include "shim/measure.h"

#include "protocol/pe.h"
#include "shim/leave.h"
#include "test/unit/check.h"

#define UKI_AT 0x1000000
#define KERNEL_AT 0x2000000
#define INITRD_AT 0x3000000
#define SECTIONS 3

static struct handoff h;
static struct plan p;
static char notes[32768];
static uint32_t broken; /* a PCR that fails */

/* Note "PCR:type:data;"; UTF-16 and other bytes of no letter are left out. */
static bool note(const struct event *e, uint8_t sha256[SHA256_SIZE])
{
	size_t n = strlen(notes);

	memset(sha256, 0, SHA256_SIZE);
	if (e->pcr == broken)
		return false;
	sha256[0] = (uint8_t)e->pcr;
	n += (size_t)snprintf(notes + n, sizeof(notes) - n, "%u:%u:", e->pcr, e->type);
	for (size_t i = 0; i < e->data.len && n < sizeof(notes) - 2; i++)
		if (e->data.p[i] >= ' ' && e->data.p[i] < 0x7f)
			notes[n++] = (char)e->data.p[i];
	notes[n] = ';';
	notes[n + 1] = '\0';
	return true;
}

static void put_text(uint64_t at, const char *text)
{
	world_put(at, text, strlen(text));
}

/* A UKI whose section table and contents are made by hand. */
static void put_uki(void)
{
	static const char *const names[SECTIONS] = { ".initrd", ".cmdline", ".linux" };
	static struct pe_section table[SECTIONS];

	for (uint32_t i = 0; i < SECTIONS; i++) {
		memcpy(table[i].Name, names[i], strlen(names[i]));
		table[i].VirtualSize = table[i].SizeOfRawData = 4;
		table[i].PointerToRawData = (i + 1) * 0x1000;
		put_text(UKI_AT + table[i].PointerToRawData, names[i] + 1);
	}
	h.uki = (struct bundle){ { (const uint8_t *)table, sizeof(table) }, 0x10000, false };
	h.uki_base = UKI_AT;
}

static void begin(void)
{
	world_reset();
	handoff_init(&h, "test");
	p.block = (struct blob){ (uintptr_t)world_low(LEAVE_TEXT), LEAVE_TEXT };
	notes[0] = '\0';
	broken = 99;
	h.kernel = (struct blob){ KERNEL_AT, 6 };
	put_text(KERNEL_AT, "kernel");
	h.initrd[0] = (struct blob){ INITRD_AT, 5 };
	put_text(INITRD_AT, "files");
	h.initrds = 1;
}

static void test_uki(void)
{
	begin();
	put_uki();
	strcpy(h.cmdline, "own words");
	CHECK_EQUAL(measure(&h, &p, note, "test"), 1u << 9 | 1u << 11);
	CHECK(!strcmp(notes, "11:13:.linux;11:13:linu;11:13:.cmdline;11:13:cmdl;11:13:.initrd;"
			     "11:13:init;9:6:own words;9:6:files;"));
	CHECK_TEXT(h.report, "tpm=test\ndigest=.linux:0b000000");
	CHECK_TEXT(h.report, "pcr=9\npcr=11\n");
	CHECK(!*world_said());
}

/* Everything comes from outside: nothing of it may stay unmeasured. */
static void test_bare(void)
{
	begin();
	strcpy(h.cmdline, "a b c d");
	h.given.loader = (struct words){ 0, 3 };
	h.given.smbios = (struct words){ 4, 3 };
	CHECK_EQUAL(measure(&h, &p, note, "test"), 1u << 9 | 1u << 12);
	CHECK(!strcmp(notes, "9:13:kernel;12:13:a b;12:13:c d;9:6:a b c d;9:6:files;"));
	CHECK_TEXT(h.report, "digest=linux:09000000");
}

static void test_nothing(void)
{
	begin();
	h.initrds = 0;
	CHECK_EQUAL(measure(&h, &p, note, "test"), 1u << 9);
	CHECK(!strcmp(notes, "9:13:kernel;"));
	notes[0] = '\0';
	CHECK_EQUAL(measure(&h, &p, NULL, "none"), 0);
	CHECK(!notes[0]);
	CHECK_TEXT(h.report, "tpm=none\n");
}

/* A PCR that has missed something does not count, and one line says so. */
static void test_broken(void)
{
	begin();
	broken = 9;
	strcpy(h.cmdline, "a");
	h.given.loader = (struct words){ 0, 1 };
	CHECK_EQUAL(measure(&h, &p, note, "test"), 1u << 12);
	CHECK(!strcmp(notes, "12:13:a;"));
	CHECK(!strcmp(world_said(), "lintel: the TPM does not take a measurement into PCR 9\n"));
	CHECK_TEXT(h.report, "pcr=12\n");
}

/* An image may ask not to be started unmeasured. */
static void test_required(void)
{
	begin();
	h.seal.must_measure = true;
	CHECK_EQUAL(measure(&h, &p, note, "test"), 1u << 9);
	CHECK_EQUAL(DIES_WITH(measure(&h, &p, NULL, "none")), E_MEASURE);
	broken = 9;
	CHECK_EQUAL(DIES_WITH(measure(&h, &p, note, "test")), E_MEASURE);
}

/* The longest line in UTF-16, with its NUL, is as long as the memory that the block has for it. */
static void test_longest(void)
{
	begin();
	memset(h.cmdline, 'x', CMDLINE_MAX);
	h.given.loader = (struct words){ 0, CMDLINE_MAX };
	CHECK_EQUAL(measure(&h, &p, note, "test"), 1u << 9 | 1u << 12);
	CHECK(!rd16(span_at(p.block.base + LEAVE_TEXT - 2, 2), 0));
	CHECK(rd16(span_at(p.block.base + LEAVE_TEXT - 4, 2), 0) == 'x');
}

const struct test measure_tests[] = { { "measure: a UKI", test_uki },
				      { "measure: all from outside", test_bare },
				      { "measure: little or no TPM", test_nothing },
				      { "measure: a TPM that fails", test_broken },
				      { "measure: required", test_required },
				      { "measure: the longest line", test_longest },
				      { 0 } };
