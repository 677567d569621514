// SPDX-License-Identifier: BSD-2-Clause
/* Which serial ports lines go to: lintel.serial=, and ACPI's SPCR. */
#include "protocol/serial.h"

#include "protocol/acpi.h"
#include "test/unit/check.h"

#define RSDP 0xf5000
#define XSDT 0x7fe1000
#define RSDT 0x7fe2000
#define SPCR 0x7fe3000
#define OTHER 0x7fe4000

static const char *line;
static struct serial port;

static bool next(const char *text)
{
	world_reset();
	line = text;
	return serial_next(&line, &port);
}

static void check_word(const char *text, uint16_t wanted, uint32_t baud)
{
	if (!next(text))
		printf("  \"%s\"\n", text);
	CHECK_EQUAL(port.port, wanted);
	CHECK_EQUAL(port.baud, baud);
	CHECK(!*world_said());
}

static void test_words(void)
{
	check_word("lintel.serial=com1", 0x3f8, 0);
	check_word("quiet lintel.serial=com2 splash", 0x2f8, 0);
	check_word("lintel.serial=COM3,9600", 0x3e8, 9600);
	check_word("lintel.serial=com4,115200", 0x2e8, 115200);
	check_word("lintel.serial=ttyS0", 0x3f8, 0);
	check_word("\tlintel.serial=ttyS1,57600n8", 0x2f8, 57600);
	check_word("console=ttyS1,115200 lintel.serial=ttyS3,115200n8", 0x2e8, 115200);
	check_word("lintel.serial=0x2f8", 0x2f8, 0);
	check_word("lintel.serial=0xE000,50", 0xe000, 50);
	check_word("a=\"b lintel.serial=com3\" lintel.serial=com2", 0x2f8, 0);
	CHECK(!serial_next(&line, &port));
	CHECK(next("lintel.serial=com2 lintel.serial=com3"));
	CHECK(serial_next(&line, &port));
	CHECK_EQUAL(port.port, 0x3e8);
	CHECK(!serial_next(&line, &port));
}

static void test_none(void)
{
	CHECK(!next(""));
	CHECK(!next("console=ttyS0,115200 xlintel.serial=com2 lintel.serials=com2 lintel.serial"));
	CHECK(!*world_said());
}

/* A user who misspells the word learns it on the consoles that there are. */
static void test_wrong(void)
{
	static const char *const wrong[] = {
		"",	      "com",	     "com0",	     "com5",	    "com22",
		"com2,",      "com2,0",	     "com2,115201",  "com2,9600e7", "com2,x",
		"com2,9600,", "ttyS4",	     "ttyS",	     "tty1",	    "2f8",
		"0x",	      "0x2f9",	     "0x60",	     "0x10000",	    "0x100002f8",
		"0x2f8,",     "com99999999", "0x2f8;115200", "ttyUSB0",	    "com4294967298",
	};
	char text[64];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(text, sizeof(text), "lintel.serial=%s", wrong[i]);
		if (next(text))
			printf("  \"%s\"\n", text);
		CHECK_EQUAL(line[0], 0);
		CHECK_TEXT(world_said(), "no serial port");
	}
	CHECK(next("lintel.serial=com9 lintel.serial=com2"));
	CHECK_TEXT(world_said(), "lintel.serial=com9 is");
	CHECK(!next("lintel.serial=\x1b[2J\x9b"));
	CHECK_TEXT(world_said(), "lintel.serial=?[2J? is");
}

/* A table of ACPI, with its header and checksum. */
static uint8_t *put_table(uint64_t at, const char *signature, const void *bytes, uint32_t size)
{
	uint32_t length = 36 + size;
	uint8_t *p = world_put(at, NULL, length);

	memcpy(p, signature, 4);
	memcpy(p + 4, &length, 4);
	memcpy(p + 36, bytes, size);
	world_sum(p, length, 9);
	return p;
}

static void put_rsdp(uint8_t revision)
{
	struct acpi_rsdp r = { .signature = { 'R', 'S', 'D', ' ', 'P', 'T', 'R', ' ' },
			       .revision = revision,
			       .rsdt_address = RSDT,
			       .xsdt_address = XSDT,
			       .length = ACPI_RSDP_SIZE };

	world_sum((uint8_t *)&r, ACPI_RSDP_SIZE_V1, offsetof(struct acpi_rsdp, checksum));
	world_sum((uint8_t *)&r, ACPI_RSDP_SIZE, offsetof(struct acpi_rsdp, extended_checksum));
	world_put(RSDP, &r, revision ? ACPI_RSDP_SIZE : ACPI_RSDP_SIZE_V1);
}

/* What follows the header: interface, address space and address, of 44 bytes. */
static const uint8_t com2[44] = { [4] = 1, 8, 0, 1, 0xf8, 2, [22] = 7 };

static void put_lists(void)
{
	const uint64_t xsdt[] = { OTHER, 0xffffffff, 0x7fe000000000, UINT64_MAX, 0, SPCR };
	const uint32_t rsdt[] = { OTHER, 0xffffffff, 0, SPCR };

	put_table(OTHER, "FACP", com2, sizeof(com2));
	put_table(XSDT, "XSDT", xsdt, sizeof(xsdt));
	put_table(RSDT, "RSDT", rsdt, sizeof(rsdt));
}

/* The port that ACPI of this revision names by an SPCR of these bytes. */
static uint16_t found(uint8_t revision, const uint8_t *spcr, uint32_t size)
{
	struct serial s;

	world_reset();
	put_rsdp(revision);
	put_lists();
	put_table(SPCR, "SPCR", spcr, size);
	s = serial_of_acpi(RSDP);
	CHECK_EQUAL(s.baud, 0); /* the firmware has set it */
	return s.port;
}

static uint16_t found_with(size_t at, uint8_t value)
{
	uint8_t spcr[sizeof(com2)];

	memcpy(spcr, com2, sizeof(com2));
	spcr[at] = value;
	return found(2, spcr, sizeof(spcr));
}

static void test_spcr(void)
{
	CHECK_EQUAL(found(0, com2, sizeof(com2)), 0x2f8); /* by the RSDT */
	CHECK_EQUAL(found(2, com2, sizeof(com2)), 0x2f8); /* by the XSDT */
	CHECK_EQUAL(found_with(0, 1), 0x2f8);		  /* a 16550's registers */
	CHECK_EQUAL(found_with(0, 0x12), 0x2f8);
	CHECK_EQUAL(found_with(0, 3), 0);  /* ARM's PL011 */
	CHECK_EQUAL(found_with(4, 0), 0);  /* in memory */
	CHECK_EQUAL(found_with(10, 1), 0); /* beyond the last port */
	CHECK_EQUAL(found_with(9, 0), 0);  /* 0xf8: no UART */
	CHECK_EQUAL(found(2, com2, sizeof(com2) - 1), 0);
	CHECK_EQUAL(serial_of_acpi(0).port, 0);
	CHECK_EQUAL(serial_of_acpi(UINT64_MAX - 3).port, 0);
	CHECK_EQUAL(serial_of_acpi(0xdeadbeef00000000).port, 0);
}

static void test_damaged(void)
{
	uint32_t length = 0x7fffffff;

	world_reset();
	put_rsdp(2);
	put_lists();
	put_table(SPCR, "SPCR", com2, sizeof(com2))[50]++;
	CHECK_EQUAL(serial_of_acpi(RSDP).port, 0);
	world_reset();
	put_rsdp(2);
	put_lists();
	memcpy(put_table(SPCR, "SPCR", com2, sizeof(com2)) + 4, &length, 4);
	CHECK_EQUAL(serial_of_acpi(RSDP).port, 0);
	world_reset();
	put_rsdp(2);
	put_table(SPCR, "SPCR", com2, sizeof(com2));
	CHECK_EQUAL(serial_of_acpi(RSDP).port, 0); /* neither list is there */
}

/* A damaged XSDT does not matter where the RSDT is right. */
static void test_older_list(void)
{
	const uint32_t rsdt[] = { SPCR };

	world_reset();
	put_rsdp(2);
	put_table(RSDT, "RSDT", rsdt, sizeof(rsdt));
	put_table(XSDT, "XSDT", rsdt, sizeof(rsdt))[8]++;
	put_table(SPCR, "SPCR", com2, sizeof(com2));
	CHECK_EQUAL(serial_of_acpi(RSDP).port, 0x2f8);
}

const struct test serial_tests[] = { { "serial: ports by lintel.serial=", test_words },
				     { "serial: no word", test_none },
				     { "serial: words that name no port", test_wrong },
				     { "serial: the port of ACPI's SPCR", test_spcr },
				     { "serial: damaged tables", test_damaged },
				     { "serial: only the older list is right", test_older_list },
				     { 0 } };
