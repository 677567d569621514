// SPDX-License-Identifier: BSD-2-Clause
/*
 * Commands for a TPM 2.0, its replies, and ACPI's TPM2 table.  Called by shim/tpm/.  Pure C
 * for any world; may read ACPI's tables.
 */
#include "protocol/tpm2.h"

#include "protocol/acpi.h"
#include "protocol/lib.h"

/* Part 2, sections 6.5.2, 6.6.3, 6.9, 6.12 and 7.4. */
#define TAG_12 0x00c4
#define TAG_PLAIN 0x8001
#define TAG_SESSIONS 0x8002
#define COMMAND_STARTUP 0x144
#define COMMAND_GET_CAPABILITY 0x17a
#define COMMAND_PCR_EXTEND 0x182
#define CODE_INITIALIZE 0x100
#define CODE_YIELDED 0x908
#define CODE_TESTING 0x90a
#define CODE_RETRY 0x922
#define CAPABILITY_PCRS 5
#define SESSION_PASSWORD 0x40000009
/* The session's handle, no nonce, no attributes, the empty password. */
#define SESSION_SIZE 9

/* A command that grows. */
struct command {
	uint8_t *at;
	size_t n;
};

static void put(struct command *c, uint64_t value, size_t bytes)
{
	while (bytes--)
		c->at[c->n++] = (uint8_t)(value >> bytes * 8);
}

static struct command begin(uint8_t *to, uint32_t tag, uint32_t code)
{
	struct command c = { to, 0 };

	put(&c, tag, 2);
	put(&c, 0, 4);
	put(&c, code, 4);
	return c;
}

static size_t end(struct command c)
{
	struct command size = { c.at + 2, 0 };

	put(&size, (uint32_t)c.n, 4);
	return c.n;
}

uint16_t tpm2_size(uint16_t algorithm)
{
	switch (algorithm) {
	case ALG_SHA1:
		return 20;
	case ALG_SHA256:
	case 0x12: /* SM3 */
	case 0x27: /* SHA3-256 */
		return 32;
	case ALG_SHA384:
	case 0x28: /* SHA3-384 */
		return 48;
	case ALG_SHA512:
	case 0x29: /* SHA3-512 */
		return 64;
	default:
		return 0;
	}
}

size_t tpm2_startup(uint8_t *to)
{
	struct command c = begin(to, TAG_PLAIN, COMMAND_STARTUP);

	put(&c, 0, 2); /* CLEAR */
	return end(c);
}

size_t tpm2_get_banks(uint8_t *to)
{
	struct command c = begin(to, TAG_PLAIN, COMMAND_GET_CAPABILITY);

	put(&c, CAPABILITY_PCRS, 4);
	put(&c, 0, 4);
	put(&c, 1, 4);
	return end(c);
}

size_t tpm2_extend(uint8_t *to, uint32_t pcr, const struct tpm2_digests *d)
{
	struct command c = begin(to, TAG_SESSIONS, COMMAND_PCR_EXTEND);

	put(&c, pcr, 4);
	put(&c, SESSION_SIZE, 4);
	put(&c, SESSION_PASSWORD, 4);
	put(&c, 0, SESSION_SIZE - 4);
	put(&c, d->n, 4);
	for (uint32_t i = 0; i < d->n; i++) {
		put(&c, d->bank[i].algorithm, 2);
		memcpy(c.at + c.n, d->bank[i].bytes, d->bank[i].size);
		c.n += d->bank[i].size;
	}
	return end(c);
}

/* ---- replies; a TPM's numbers have their highest byte first */

static uint32_t big(struct span s, uint64_t off, size_t bytes)
{
	uint32_t value = 0;

	for (size_t i = 0; i < bytes; i++)
		value = value << 8 | rd8(s, off + i);
	return value;
}

size_t tpm2_reply_size(struct span head)
{
	uint32_t size = big(head, 2, 4);

	return size >= TPM2_HEADER && size <= TPM2_REPLY_MAX ? size : 0;
}

enum tpm2_answer tpm2_answer(struct span reply, uint32_t *code)
{
	uint32_t tag = big(reply, 0, 2);

	*code = big(reply, 6, 4);
	if (reply.len < TPM2_HEADER || big(reply, 2, 4) != reply.len)
		return TPM2_DAMAGED;
	if (tag == TAG_12)
		return TPM2_IS_12;
	if (tag != TAG_PLAIN && tag != TAG_SESSIONS)
		return TPM2_DAMAGED;
	switch (*code) {
	case 0:
		return TPM2_DONE;
	case CODE_INITIALIZE:
		return TPM2_UNSTARTED;
	case CODE_YIELDED:
	case CODE_TESTING:
	case CODE_RETRY:
		return TPM2_AGAIN;
	default:
		return TPM2_ERROR;
	}
}

/* A bank without PCRs is not in use. */
static bool has_pcrs(struct span reply, uint64_t select, uint32_t bytes)
{
	uint32_t all = 0;

	for (uint32_t i = 0; i < bytes; i++)
		all |= rd8(reply, select + i);
	return all;
}

bool tpm2_read_banks(struct span reply, struct tpm2_digests *d)
{
	/* Whether there is more, and the capability, stand before the list. */
	uint64_t at = TPM2_HEADER + 5;
	uint32_t count = big(reply, at, 4);

	d->n = 0;
	if (big(reply, TPM2_HEADER + 1, 4) != CAPABILITY_PCRS)
		return false;
	for (at += 4; count; count--) {
		uint32_t bytes = rd8(reply, at + 2);

		if (!span_has(reply, at, 3) || !span_has(reply, at + 3, bytes))
			return false;
		if (has_pcrs(reply, at + 3, bytes)) {
			struct tpm2_digest *bank = &d->bank[d->n];
			uint16_t algorithm = (uint16_t)big(reply, at, 2);

			if (d->n++ == TPM2_BANKS_MAX)
				return false;
			bank->algorithm = algorithm;
			bank->size = tpm2_size(algorithm);
		}
		at += 3 + bytes;
	}
	return d->n;
}

/* ---- ACPI */

/** struct tpm2_table - what revision 4 of the table has, which revision 3 may have too */
struct tpm2_table {
	uint8_t header[36];
	uint16_t platform_class, reserved;
	uint64_t control_area;
	uint32_t start_method;
	uint8_t start_parameters[12];
	uint32_t log_area_minimum_length; /* LAML */
	uint64_t log_area_start_address;  /* LASA */
} PACKED;
AT(struct tpm2_table, start_method, 48);
AT(struct tpm2_table, log_area_minimum_length, 64);
SIZE(struct tpm2_table, 76);

struct tpm2_place tpm2_of_acpi(uint64_t rsdp)
{
	struct span table = acpi_table(rsdp, "TPM2");
	struct tpm2_place place = { 0 };

	if (!span_has(table, 0, offsetof(struct tpm2_table, start_parameters)))
		return place;
	place.found = true;
	place.method = RD32(table, 0, struct tpm2_table, start_method);
	place.control = RD64(table, 0, struct tpm2_table, control_area);
	/* Both or none: a length without an address is no log. */
	place.log = RD64(table, 0, struct tpm2_table, log_area_start_address);
	if (place.log)
		place.log_size = RD32(table, 0, struct tpm2_table, log_area_minimum_length);
	return place;
}
