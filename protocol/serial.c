// SPDX-License-Identifier: BSD-2-Clause
/*
 * Names of serial ports: the word lintel.serial=PORT[,BAUD] of a command line, and ACPI's Serial
 * Port Console Redirection table (SPCR), in which servers name the port that their management
 * controller shows.  Called by shim/pc/ports.c.  Pure C for any world; may read ACPI's tables.
 */
#include "protocol/serial.h"

#include "protocol/acpi.h"
#include "protocol/cmdline.h"
#include "protocol/lib.h"
#include "protocol/say.h"

#define WORD_SHOWN 40

/* ---- the word */

static const uint16_t pc_ports[] = { 0x3f8, 0x2f8, 0x3e8, 0x2e8 };

/**
 * struct value - what follows lintel.serial=, as far as it is not read yet
 */
struct value {
	const char *p;
	size_t n;
};

static bool take(struct value *v, const char *text)
{
	size_t n = strlen(text);

	if (v->n < n || memcmp(v->p, text, n))
		return false;
	v->p += n;
	v->n -= n;
	return true;
}

static uint32_t digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (uint32_t)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10) : UINT32_MAX;
}

/* A number of at most seven digits; false if there is none. */
static bool take_number(struct value *v, uint32_t base, uint32_t *number)
{
	size_t n = 0;

	*number = 0;
	for (; n < v->n && n < 8 && digit_of(v->p[n]) < base; n++)
		*number = *number * base + digit_of(v->p[n]);
	v->p += n;
	v->n -= n;
	return n && n < 8;
}

/* com1 and ttyS0 are the same; the first one's number is @first. */
static bool take_name(struct value *v, const char *name, uint32_t first, struct serial *s)
{
	uint32_t number;

	if (!take(v, name) || !take_number(v, 10, &number) || number < first ||
	    number - first >= sizeof(pc_ports) / sizeof(pc_ports[0]))
		return false;
	s->port = pc_ports[number - first];
	return true;
}

/* A UART has eight ports, and no card has one below 0x100. */
static bool take_port(struct value *v, struct serial *s)
{
	uint32_t number;

	if (take_name(v, "com", 1, s) || take_name(v, "COM", 1, s) || take_name(v, "ttyS", 0, s))
		return true;
	if (!take(v, "0x") || !take_number(v, 16, &number) || number < 0x100 || number > 0xfff8 ||
	    number % 8)
		return false;
	s->port = (uint16_t)number;
	return true;
}

/* Linux's console= may say more, of which "n8" is how every port is used here. */
static bool take_baud(struct value *v, struct serial *s)
{
	if (!v->n)
		return true;
	if (!take(v, ",") || !take_number(v, 10, &s->baud) || !s->baud || s->baud > SERIAL_FASTEST)
		return false;
	take(v, "n8");
	return !v->n;
}

/* Bytes that are no printable letters could change a terminal. */
static void say_wrong(struct value v)
{
	char word[WORD_SHOWN];
	size_t n = 0;

	for (; n < v.n && n < sizeof(word) - 1; n++)
		word[n] = v.p[n] > ' ' && v.p[n] < 0x7f ? v.p[n] : '?';
	word[n] = '\0';
	say("lintel: lintel.serial=%s is no serial port: give com1 to com4, ttyS0 to ttyS3 or 0x "
	    "and a multiple of 8, and perhaps a speed: com2,115200\n",
	    word);
}

bool serial_next(const char **line, struct serial *s)
{
	while (*(*line = cmdline_skip_blanks(*line))) {
		struct value v = { *line, cmdline_word(*line) }, port;

		*line += v.n;
		if (!take(&v, "lintel.serial="))
			continue;
		port = v;
		*s = (struct serial){ 0 };
		if (take_port(&v, s) && take_baud(&v, s))
			return true;
		say_wrong(port);
	}
	return false;
}

/* ---- ACPI */

/** struct spcr - Serial Port Console Redirection table, its first 80 bytes */
struct spcr {
	uint8_t header[36]; /* revision at offset 8 */
	uint8_t interface;  /* SPCR_* */
	uint8_t reserved[3];
	uint8_t space; /* ACPI's Generic Address Structure: SPACE_* */
	uint8_t bits[3];
	uint64_t address;
	uint8_t interrupt[6];
	uint8_t baud; /* as the firmware has set it, so it is not set again */
	uint8_t other[21];
} PACKED;
AT(struct spcr, space, 40);
AT(struct spcr, address, 44);
AT(struct spcr, baud, 58);
SIZE(struct spcr, 80);

#define SPCR_16550 0
#define SPCR_16550_SUBSET 1
#define SPCR_16550_BY_ADDRESS 0x12
#define SPACE_IO 1

static bool is_16550(uint8_t interface)
{
	return interface == SPCR_16550 || interface == SPCR_16550_SUBSET ||
	       interface == SPCR_16550_BY_ADDRESS;
}

/* A UART in memory is left alone: nobody says whether it has power, a clock, and which steps
 * there are between its registers. */
struct serial serial_of_acpi(uint64_t rsdp)
{
	struct span table = acpi_table(rsdp, "SPCR");
	uint64_t address = RD64(table, 0, struct spcr, address);

	if (!span_has(table, 0, sizeof(struct spcr)) ||
	    !is_16550(RD8(table, 0, struct spcr, interface)) ||
	    RD8(table, 0, struct spcr, space) != SPACE_IO || address < 0x100 || address > 0xfff8)
		return (struct serial){ 0 };
	return (struct serial){ .port = (uint16_t)address };
}
