// SPDX-License-Identifier: BSD-2-Clause
/* The TPM's event log, with one that SeaBIOS has written. */
#include "protocol/tpmlog.h"
#include "test/unit/check.h"

#define FIXTURE "test/fixture/seabios.tpmlog"
#define LOG_SIZE 2681
#define AREA 4096
/* What an event with digests of the four banks takes besides its text. */
#define EVENT_SIZE (12 + 2 + 20 + 2 + 32 + 2 + 48 + 2 + 64 + 4)
#define FIRST_SIZE 77

static uint8_t whole[LOG_SIZE];

static const struct event event = {
	11, EV_IPL, { (const uint8_t *)"bytes", 5 }, { (const uint8_t *)".linux", 7 }
};

static void load(void)
{
	FILE *f = fopen(FIXTURE, "r");
	char line[256];
	size_t n = 0;
	unsigned byte;

	while (f && fgets(line, sizeof(line), f))
		for (char *p = line; *line != '#' && sscanf(p, "%2x", &byte) == 1; p += 2)
			if (n++ < LOG_SIZE)
				whole[n - 1] = (uint8_t)byte;
	if (f)
		fclose(f);
	CHECK_EQUAL(n, LOG_SIZE);
}

/* The log's first bytes and zeros, in memory of its own. */
static uint8_t *area(size_t used, size_t size)
{
	world_reset();
	uint8_t *p = world_put(0x1000, NULL, size);

	memcpy(p, whole, used);
	return p;
}

static struct tpm2_digests four(void)
{
	struct tpm2_digests d = { .n = 4 };
	/* Not in the log's order. */
	const uint16_t algorithms[] = { 0xd, 0xc, 0xb, 0x4 };

	for (uint32_t i = 0; i < d.n; i++) {
		d.bank[i].algorithm = algorithms[i];
		d.bank[i].size = tpm2_size(algorithms[i]);
		memset(d.bank[i].bytes, (int)i + 1, d.bank[i].size);
	}
	return d;
}

static size_t end_of(const uint8_t *p, size_t n)
{
	return tpmlog_end((struct span){ p, n });
}

static void test_end(void)
{
	load();
	CHECK_EQUAL(end_of(area(LOG_SIZE, AREA), AREA), LOG_SIZE);
	CHECK_EQUAL(end_of(area(LOG_SIZE, LOG_SIZE), LOG_SIZE), LOG_SIZE);
	CHECK_EQUAL(end_of(area(0, AREA), AREA), 0);
	CHECK_EQUAL(end_of(NULL, 0), 0);
}

static void test_append(void)
{
	struct tpm2_digests d = four();
	uint8_t *p = area(LOG_SIZE, AREA), *q = p + LOG_SIZE;

	CHECK(tpmlog_append(p, AREA, &event, &d));
	CHECK(!memcmp(p, whole, LOG_SIZE));
	CHECK(!memcmp(q, "\x0b\0\0\0\x0d\0\0\0\x04\0\0\0\x04\0\x04\x04", 16));
	CHECK(!memcmp(q + 34, "\x0b\0\x03\x03", 4));
	CHECK(!memcmp(q + 68, "\x0c\0\x02\x02", 4));
	CHECK(!memcmp(q + 118, "\x0d\0\x01\x01", 4));
	CHECK(!memcmp(q + 184, "\x07\0\0\0.linux\0", 11));
	CHECK_EQUAL(end_of(p, AREA), LOG_SIZE + EVENT_SIZE + 7);
	CHECK(tpmlog_append(p, AREA, &event, &d));
	CHECK_EQUAL(end_of(p, AREA), LOG_SIZE + 2 * (EVENT_SIZE + 7));
}

/* Up to the last byte and not beyond; then nothing is changed. */
static void test_append_room(void)
{
	struct tpm2_digests d = four();
	size_t size = LOG_SIZE + EVENT_SIZE + 7;
	uint8_t *p = area(LOG_SIZE, size - 1);

	CHECK(!tpmlog_append(p, size - 1, &event, &d));
	CHECK_EQUAL(end_of(p, size - 1), LOG_SIZE);
	p = area(LOG_SIZE, size);
	CHECK(tpmlog_append(p, size, &event, &d));
	CHECK_EQUAL(end_of(p, size), size);
	CHECK(!tpmlog_append(p, size, &event, &d));
}

/* What is behind the log, where the event would stand, may belong to someone. */
static void test_append_not_empty(void)
{
	struct tpm2_digests d = four();
	uint8_t *p = area(LOG_SIZE, AREA);

	p[LOG_SIZE + EVENT_SIZE + 7] = 1;
	CHECK(tpmlog_append(p, AREA, &event, &d));
	p = area(LOG_SIZE, AREA);
	p[LOG_SIZE + EVENT_SIZE + 6] = 1;
	CHECK(!tpmlog_append(p, AREA, &event, &d));
}

/* Only digests that the log's header lists, of the sizes there. */
static void test_append_other_banks(void)
{
	struct tpm2_digests d = four();
	uint8_t *p = area(LOG_SIZE, AREA);

	d.bank[0].algorithm = 0x12;
	d.bank[1].size = 20;
	CHECK(tpmlog_append(p, AREA, &event, &d));
	CHECK_EQUAL(p[LOG_SIZE + 8], 2);
	CHECK_EQUAL(end_of(p, AREA), LOG_SIZE + EVENT_SIZE + 7 - 2 - 64 - 2 - 48);
	d.n = 1;
	p = area(LOG_SIZE, AREA);
	CHECK(!tpmlog_append(p, AREA, &event, &d));
	CHECK(!memcmp(p, whole, LOG_SIZE));
}

/* Cut anywhere but between two events it cannot be followed.  One event begins with four zeros,
 * for PCR 0, and a cut between these leaves what looks like room. */
static void test_cut(void)
{
	size_t ends = 0;

	for (size_t n = 0; n < LOG_SIZE; n++) {
		size_t end = end_of(area(n, n), n);

		CHECK(!end || n - end <= 4);
		ends += end != 0;
	}
	CHECK_EQUAL(ends, 13 + 4);
}

/* Changed anywhere: whatever is found is inside, and what is appended can be read again. */
static void test_changed(void)
{
	static const uint8_t flips[] = { 0x01, 0x80, 0xff };
	struct tpm2_digests d = four();

	for (size_t at = 0; at < LOG_SIZE; at++)
		for (size_t i = 0; i < sizeof(flips); i++) {
			uint8_t *p = area(LOG_SIZE, AREA);

			p[at] ^= flips[i];
			size_t end = end_of(p, AREA);

			CHECK(end <= AREA);
			if (tpmlog_append(p, AREA, &event, &d))
				CHECK(end_of(p, AREA) > end);
			else
				CHECK(end != LOG_SIZE || at < FIRST_SIZE);
		}
}

/* The old form of the log, for SHA-1 alone, has no such first event. */
static void test_old_form(void)
{
	uint8_t *p = area(LOG_SIZE, AREA);

	p[32 + 14] = '2';
	CHECK_EQUAL(end_of(p, AREA), 0);
	p[32 + 14] = '3';
	CHECK_EQUAL(end_of(p, AREA), LOG_SIZE);
	p[4] = 4; /* not EV_NO_ACTION */
	CHECK_EQUAL(end_of(p, AREA), 0);
}

const struct test tpmlog_tests[] = {
	{ "tpmlog: the end of SeaBIOS's", test_end },
	{ "tpmlog: append", test_append },
	{ "tpmlog: append where there is little room", test_append_room },
	{ "tpmlog: the room is not empty", test_append_not_empty },
	{ "tpmlog: banks of the header alone", test_append_other_banks },
	{ "tpmlog: cut", test_cut },
	{ "tpmlog: changed", test_changed },
	{ "tpmlog: the old form", test_old_form },
	{ 0 }
};
