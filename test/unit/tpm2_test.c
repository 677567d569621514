// SPDX-License-Identifier: BSD-2-Clause
/* Commands for a TPM 2.0 and its replies, which are swtpm's, and ACPI's TPM2 table. */
#include "protocol/acpi.h"
#include "protocol/tpm2.h"
#include "test/unit/check.h"

/* swtpm's reply to tpm2_get_banks(). */
#define BANKS                                                                                  \
	"\x80\x01\0\0\0\x2b\0\0\0\0\0\0\0\0\x05\0\0\0\x04\0\x04\x03\xff\xff\xff\0\x0b\x03\xff" \
	"\xff\xff\0\x0c\x03\xff\xff\xff\0\x0d\x03\xff\xff\xff"
#define BANKS_SIZE 0x2b
#define BANKS_LIST 15 /* where their number stands */

static struct tpm2_digests d;

static struct span text(const char *p, size_t n)
{
	return (struct span){ (const uint8_t *)p, n };
}

static void check_bytes(const uint8_t *p, size_t n, const char *wanted, size_t wanted_size)
{
	CHECK_EQUAL(n, wanted_size);
	CHECK(n == wanted_size && !memcmp(p, wanted, n));
}

#define CHECK_COMMAND(call, wanted)                                    \
	do {                                                           \
		uint8_t to[TPM2_COMMAND_MAX];                          \
		check_bytes(to, (call), (wanted), sizeof(wanted) - 1); \
	} while (0)

static void test_commands(void)
{
	CHECK_COMMAND(tpm2_startup(to), "\x80\x01\0\0\0\x0c\0\0\x01\x44\0\0");
	CHECK_COMMAND(tpm2_get_banks(to),
		      "\x80\x01\0\0\0\x16\0\0\x01\x7a\0\0\0\x05\0\0\0\0\0\0\0\x01");
}

static void test_extend(void)
{
	d = (struct tpm2_digests){ .n = 2, .bank = { { 0x4, 20, { 0 } }, { 0xb, 32, { 0 } } } };
	memset(d.bank[0].bytes, 'a', 20);
	memset(d.bank[1].bytes, 'b', 32);
	CHECK_COMMAND(tpm2_extend(to, 11, &d),
		      "\x80\x02\0\0\0\x57\0\0\x01\x82\0\0\0\x0b\0\0\0\x09\x40\0\0\x09\0\0\0\0\0"
		      "\0\0\0\x02\0\x04"
		      "aaaaaaaaaaaaaaaaaaaa"
		      "\0\x0b"
		      "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
}

/* The longest command fits, which ASan watches. */
static void test_extend_most(void)
{
	uint8_t *to = malloc(TPM2_COMMAND_MAX);

	d = (struct tpm2_digests){ .n = TPM2_BANKS_MAX };
	for (uint32_t i = 0; i < d.n; i++)
		d.bank[i] = (struct tpm2_digest){ .algorithm = 0xd, .size = TPM2_DIGEST_MAX };
	CHECK_EQUAL(tpm2_extend(to, 23, &d), TPM2_COMMAND_MAX);
	free(to);
}

static enum tpm2_answer answer(const char *p, size_t n)
{
	uint32_t code;

	return tpm2_answer(text(p, n), &code);
}

#define ANSWER(bytes) answer(bytes, sizeof(bytes) - 1)

static void test_answers(void)
{
	CHECK_EQUAL(ANSWER("\x80\x01\0\0\0\x0a\0\0\0\0"), TPM2_DONE);
	CHECK_EQUAL(ANSWER("\x80\x02\0\0\0\x13\0\0\0\0\0\0\0\0\0\0\x01\0\0"), TPM2_DONE);
	CHECK_EQUAL(ANSWER("\x80\x01\0\0\0\x0a\0\0\x01\0"), TPM2_UNSTARTED);
	CHECK_EQUAL(ANSWER("\x80\x01\0\0\0\x0a\0\0\x01\x42"), TPM2_ERROR);
	CHECK_EQUAL(ANSWER("\x80\x01\0\0\0\x0a\0\0\x09\x08"), TPM2_AGAIN);
	CHECK_EQUAL(ANSWER("\x80\x01\0\0\0\x0a\0\0\x09\x0a"), TPM2_AGAIN);
	CHECK_EQUAL(ANSWER("\x80\x01\0\0\0\x0a\0\0\x09\x22"), TPM2_AGAIN);
	CHECK_EQUAL(ANSWER("\0\xc4\0\0\0\x0a\0\0\0\x1e"), TPM2_IS_12);
}

static void test_damaged_answers(void)
{
	const char good[] = "\x80\x01\0\0\0\x0a\0\0\0\0\0";
	uint8_t *cut;

	for (size_t n = 0; n < 12; n++) {
		cut = world_put(0x1000 * (n + 1), good, n);
		CHECK_EQUAL(answer((char *)cut, n), n == 10 ? TPM2_DONE : TPM2_DAMAGED);
	}
	CHECK_EQUAL(ANSWER("\x80\x01\0\0\0\x0b\0\0\0\0"), TPM2_DAMAGED);
	CHECK_EQUAL(ANSWER("\x80\x03\0\0\0\x0a\0\0\0\0"), TPM2_DAMAGED);
	CHECK_EQUAL(tpm2_reply_size(text(good, 10)), 10);
	CHECK_EQUAL(tpm2_reply_size(text("\x80\x01\0\0\0\x09", 6)), 0);
	CHECK_EQUAL(tpm2_reply_size(text("\x80\x01\0\0\x04\x01", 6)), 0);
	CHECK_EQUAL(tpm2_reply_size(text("\x80\x01\0\0\x04\0", 6)), TPM2_REPLY_MAX);
	CHECK_EQUAL(tpm2_reply_size(text("\xff\xff\xff\xff\xff\xff", 6)), 0);
}

static void test_banks(void)
{
	CHECK(tpm2_read_banks(text(BANKS, BANKS_SIZE), &d));
	CHECK_EQUAL(d.n, 4);
	CHECK(d.bank[0].algorithm == 0x4 && d.bank[0].size == 20);
	CHECK(d.bank[1].algorithm == 0xb && d.bank[1].size == 32);
	CHECK(d.bank[2].algorithm == 0xc && d.bank[2].size == 48);
	CHECK(d.bank[3].algorithm == 0xd && d.bank[3].size == 64);
}

/* A bank may be known but switched off, or of an algorithm that nobody knows. */
static void test_banks_off(void)
{
	uint8_t *p = world_put(0x1000, BANKS, BANKS_SIZE);

	memset(p + BANKS_LIST + 4 + 3, 0, 3);
	p[BANKS_LIST + 4 + 6 + 1] = 0x77;
	CHECK(tpm2_read_banks((struct span){ p, BANKS_SIZE }, &d));
	CHECK_EQUAL(d.n, 3);
	CHECK(d.bank[0].algorithm == 0x77 && d.bank[0].size == 0);
	CHECK(d.bank[1].algorithm == 0xc && d.bank[1].size == 48);
	memset(p + BANKS_LIST + 4, 0, BANKS_SIZE - BANKS_LIST - 4);
	CHECK(!tpm2_read_banks((struct span){ p, BANKS_SIZE }, &d));
}

/* Cut anywhere it is refused; changed anywhere it never gives more banks than fit. */
static void test_banks_damaged(void)
{
	for (size_t n = 0; n < BANKS_SIZE; n++) {
		world_reset();
		CHECK(!tpm2_read_banks((struct span){ world_put(0x1000, BANKS, n), n }, &d));
	}
	for (size_t at = 0; at < BANKS_SIZE; at++)
		for (unsigned value = 0; value < 256; value++) {
			world_reset();
			uint8_t *p = world_put(0x1000, BANKS, BANKS_SIZE);

			p[at] = (uint8_t)value;
			if (tpm2_read_banks((struct span){ p, BANKS_SIZE }, &d))
				CHECK(d.n && d.n <= TPM2_BANKS_MAX);
		}
}

static void test_banks_too_many(void)
{
	uint8_t *p = world_put(0x1000, NULL, BANKS_LIST + 4 + 9 * 4);

	memcpy(p, BANKS, BANKS_LIST);
	for (uint8_t i = 0; i < 9; i++)
		memcpy(p + BANKS_LIST + 4 + i * 4, "\0\x0b\x01\x01", 4);
	p[BANKS_LIST + 3] = 8;
	CHECK(tpm2_read_banks((struct span){ p, BANKS_LIST + 4 + 9 * 4 }, &d));
	p[BANKS_LIST + 3] = 9;
	CHECK(!tpm2_read_banks((struct span){ p, BANKS_LIST + 4 + 9 * 4 }, &d));
}

#define TABLE 0x2000

/* A root pointer at 0x1000, its table of tables, and a TPM2 table of @size bytes. */
static uint8_t *acpi(uint32_t size)
{
	struct acpi_rsdp r = { .signature = "RSD PTR", .rsdt_address = 0x1800 };
	const uint32_t at = TABLE, root_size = 40;
	uint8_t *root = world_put(0x1800, NULL, 40), *table = world_put(TABLE, NULL, size);

	r.signature[7] = ' ';
	world_sum((uint8_t *)&r, ACPI_RSDP_SIZE_V1, offsetof(struct acpi_rsdp, checksum));
	world_put(0x1000, &r, ACPI_RSDP_SIZE);
	memcpy(root, "RSDT", 4);
	memcpy(root + 4, &root_size, 4);
	memcpy(root + 36, &at, 4);
	world_sum(root, 40, 9);
	memcpy(table, "TPM2", 4);
	memcpy(table + 4, &size, 4);
	memcpy(table + 40, "\x40\0\xd4\xfe", 4);
	table[48] = TPM2_START_CRB;
	if (size >= 76) {
		memcpy(table + 64, "\0\0\x01\0\0\0\xfb\x1f", 8);
	}
	world_sum(table, size, 9);
	return table;
}

static void test_acpi(void)
{
	uint8_t *table = acpi(76);
	struct tpm2_place place = tpm2_of_acpi(0x1000);

	CHECK(place.found);
	CHECK_EQUAL(place.method, TPM2_START_CRB);
	CHECK_EQUAL(place.control, 0xfed40040);
	CHECK_EQUAL(place.log, 0x1ffb0000);
	CHECK_EQUAL(place.log_size, 0x10000);
	memset(table + 68, 0, 8);
	world_sum(table, 76, 9);
	place = tpm2_of_acpi(0x1000);
	CHECK(place.found && !place.log_size);
}

static void test_acpi_short(void)
{
	CHECK(!tpm2_of_acpi(0).found);
	acpi(51);
	CHECK(!tpm2_of_acpi(0x1000).found);
	world_reset();
	acpi(52);
	CHECK(tpm2_of_acpi(0x1000).found && !tpm2_of_acpi(0x1000).log_size);
}

const struct test tpm2_tests[] = { { "tpm2: commands", test_commands },
				   { "tpm2: extend", test_extend },
				   { "tpm2: extend most banks", test_extend_most },
				   { "tpm2: answers", test_answers },
				   { "tpm2: damaged answers", test_damaged_answers },
				   { "tpm2: banks", test_banks },
				   { "tpm2: banks that are off", test_banks_off },
				   { "tpm2: damaged lists of banks", test_banks_damaged },
				   { "tpm2: too many banks", test_banks_too_many },
				   { "tpm2: ACPI's table", test_acpi },
				   { "tpm2: short or no table", test_acpi_short },
				   { 0 } };
