// SPDX-License-Identifier: BSD-2-Clause
/*
 * The archive of /.extra: into the room that the image has for it, and in pieces.  Host program
 * under ASan and UBSan.
 */
#include "shim/extra.h"

#include "protocol/cpio.h"
#include "protocol/pe.h"
#include "shim/place.h"
#include "test/unit/check.h"

#define UKI_SIZE 0x10000
#define INITRD_AT 0x2000000

static struct handoff h;
static struct pe_section table[8];
static uint32_t sections;
static uint8_t *headers, *uki;

static uint8_t *add_section(const char *name, const void *bytes, size_t size)
{
	struct pe_section *s = &table[sections++];

	*s = (struct pe_section){ .VirtualSize = (uint32_t)size,
				  .SizeOfRawData = (uint32_t)size,
				  .PointerToRawData = sections * 0x1000 };
	memcpy(s->Name, name, strlen(name));
	h.uki = (struct bundle){ { (const uint8_t *)table, sections * sizeof(table[0]) },
				 UKI_SIZE,
				 false };
	if (bytes)
		memcpy(uki + s->PointerToRawData, bytes, size);
	return uki + s->PointerToRawData;
}

static void begin(void)
{
	world_reset();
	handoff_init(&h, "test");
	memset(table, 0, sizeof(table));
	sections = 0;
	uki = world_low(UKI_SIZE);
	h.uki_base = (uintptr_t)uki;
	headers = world_low(EXTRA_HEADERS);
	h.initrds = 1;
	h.initrd[0] = (struct blob){ INITRD_AT, 4 };
}

static void add(void)
{
	extra_add(&h, (uintptr_t)headers);
}

/* All initrds that were added, put together as place() does. */
static size_t join(char *to)
{
	size_t n = 0;

	for (uint32_t i = 1; i < h.initrds; i++) {
		struct span s = span_at(h.initrd[i].base, h.initrd[i].size);

		while (n % 4)
			to[n++] = '\0';
		memcpy(to + n, s.p, s.len);
		n += s.len;
	}
	return n;
}

static unsigned number_at(const char *p)
{
	char digits[9] = { 0 };

	memcpy(digits, p, 8);
	return (unsigned)strtoul(digits, NULL, 16);
}

/* Read as Linux reads it: "name mode links contents;" of each entry. */
static void check_archive(const char *wanted)
{
	static char bytes[65536], text[65536];
	size_t n = join(bytes), at = 0, len = 0;

	while (at < n) {
		const char *p = bytes + at, *name = p + 110;
		unsigned size = number_at(p + 54), named = number_at(p + 94);
		size_t data = (at + 110 + named + 3) & ~3ul;

		CHECK(!memcmp(p, "070701", 6));
		CHECK_EQUAL(strlen(name) + 1, named);
		CHECK(data + size <= n);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s %o %u %.*s;", name,
					number_at(p + 14), number_at(p + 38), (int)size,
					bytes + data);
		at = (data + size + 3) & ~3ul;
	}
	CHECK_EQUAL(at, n);
	if (strcmp(text, wanted))
		printf("  %s\n", text);
	CHECK(!strcmp(text, wanted));
}

#define ARCHIVE                                                                  \
	".extra 40555 1 ;.extra/tpm2-pcr-signature.json 100444 1 {};"            \
	".extra/tpm2-pcr-public-key.pem 100444 1 key;.extra/profile 100444 1 p;" \
	".extra/os-release 100444 1 ID=test;TRAILER!!! 0 1 ;"

static void add_all(void)
{
	add_section(".osrel", "ID=test", 7);
	add_section(".pcrpkey", "key", 3);
	add_section(".pcrsig", "{}", 2);
	add_section(".linux", "kernel", 6);
	add_section(".profile", "p", 1);
}

static void test_room(void)
{
	uint8_t *room;

	begin();
	add_all();
	sections--; /* behind .profile only what is the profile's */
	room = add_section(".extra", NULL, 2048);
	add_section(".profile", "p", 1);
	memset(room, 0xee, 2048);
	add();
	CHECK_EQUAL(h.extras, 1);
	CHECK_EQUAL(h.initrds, 2);
	CHECK(span_at(h.initrd[1].base, 1).p == room);
	CHECK_EQUAL(room[h.initrd[1].size], 0xee);
	check_archive(ARCHIVE);
	add();
	CHECK_EQUAL(h.initrds, 2);
}

/* A room that lacks one byte is none: the archive is made of pieces. */
static void test_pieces(void)
{
	uint64_t size;

	begin();
	add_all();
	add();
	CHECK_EQUAL(h.extras, 9);
	CHECK_EQUAL(h.initrds, 10);
	CHECK(h.initrd[9].base + h.initrd[9].size <= (uintptr_t)headers + EXTRA_HEADERS);
	check_archive(ARCHIVE);
	size = h.initrd[9].base + h.initrd[9].size - (uintptr_t)headers + 4 + 4 + 8 + 4;
	for (uint32_t less = 0; less < 2; less++) {
		begin();
		add_all();
		sections--;
		add_section(".extra", NULL, size - less);
		add_section(".profile", "p", 1);
		add();
		CHECK_EQUAL(h.extras, less ? 9 : 1);
		check_archive(ARCHIVE);
	}
}

static void test_none(void)
{
	begin();
	add();
	CHECK_EQUAL(h.initrds, 1);
	add_section(".linux", "kernel", 6);
	add_section(".extra", NULL, 4096);
	add();
	CHECK_EQUAL(h.initrds, 1);
	begin();
	add_all();
	h.initrds = 0;
	add();
	CHECK_EQUAL(h.initrds, 0);
	h.initrds = INITRDS_MAX - 8;
	add();
	CHECK_EQUAL(h.initrds, INITRDS_MAX - 8);
}

/* What begins like microcode stays behind what the loader gave. */
static void test_last(void)
{
	static const char early[] = "070701000000000000000000000000000000000000000000000000000000"
				    "0000000000000000000000000000000000000000160000000"
				    "0kernel/x86/microcode/a";

	begin();
	add_section(".linux", "kernel", 6);
	add_section(".osrel", early, sizeof(early));
	CHECK(cpio_is_early((struct span){ (const uint8_t *)early, sizeof(early) }));
	world_put(INITRD_AT, "abcd", 4);
	add();
	initrd_sort(&h);
	CHECK_EQUAL(h.initrd[0].base, INITRD_AT);
}

const struct test extra_tests[] = { { "extra: into the image's room", test_room },
				    { "extra: in pieces", test_pieces },
				    { "extra: nothing to add", test_none },
				    { "extra: stays last", test_last },
				    { 0 } };
