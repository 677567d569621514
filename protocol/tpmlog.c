// SPDX-License-Identifier: BSD-2-Clause
/*
 * Following the TPM's event log, and appending to it.  Called by shim/tpm/.  Pure C for any
 * world; writes behind the last event only.
 */
#include "protocol/tpmlog.h"

#include "protocol/at.h"
#include "protocol/lib.h"

#define SIGNATURE "Spec ID Event03"
/* Sizes that a hash can have; a log with others is none. */
#define DIGEST_MIN 16
/* One algorithm in the first event's list. */
#define PAIR 4ull

/** struct first_event - TCG_PCClientPCREvent, the old form, and in it TCG_EfiSpecIDEvent */
struct first_event {
	uint32_t pcr, type;
	uint8_t sha1[20];
	uint32_t size; /* of all that follows */
	char signature[16];
	uint8_t versions[8];
	uint32_t algorithms; /* then this many pairs of 16-bit numbers: algorithm and size */
} PACKED;
AT(struct first_event, size, 28);
AT(struct first_event, signature, 32);
SIZE(struct first_event, 60);

/** struct event_head - TCG_PCR_EVENT2, then @digests pairs of algorithm and digest, the size of
 *  the event's own data, and these data */
struct event_head {
	uint32_t pcr, type, digests;
} PACKED;
SIZE(struct event_head, 12);

/* The list of the first event. */
static uint32_t algorithms_of(struct span log)
{
	return RD32(log, 0, struct first_event, algorithms);
}

static uint16_t algorithm_at(struct span log, uint32_t i)
{
	return rd16(log, sizeof(struct first_event) + i * PAIR);
}

static uint16_t size_at(struct span log, uint32_t i)
{
	return rd16(log, sizeof(struct first_event) + i * PAIR + 2);
}

/* 0 where the header does not list it. */
static uint16_t size_of(struct span log, uint16_t algorithm)
{
	for (uint32_t i = 0; i < algorithms_of(log); i++)
		if (algorithm_at(log, i) == algorithm)
			return size_at(log, i);
	return 0;
}

/* The size of the first event; 0 where it is not the one of this format. */
static size_t first_size(struct span log)
{
	uint64_t size = (uint64_t)offsetof(struct first_event, signature) +
			RD32(log, 0, struct first_event, size);
	uint32_t n = algorithms_of(log);

	if (!span_has(log, 0, size) || size < sizeof(struct first_event) ||
	    RD32(log, 0, struct first_event, type) != EV_NO_ACTION ||
	    memcmp(log.p + offsetof(struct first_event, signature), SIGNATURE, sizeof(SIGNATURE)))
		return 0;
	if (!n || n > TPM2_BANKS_MAX || size < sizeof(struct first_event) + n * PAIR)
		return 0;
	for (uint32_t i = 0; i < n; i++)
		if (size_at(log, i) < DIGEST_MIN || size_at(log, i) > TPM2_DIGEST_MAX)
			return 0;
	return (size_t)size;
}

uint64_t tpmlog_event(struct span log, struct span s, uint16_t algorithm, struct span *digest)
{
	uint32_t n = RD32(s, 0, struct event_head, digests);
	uint64_t size = sizeof(struct event_head);

	*digest = (struct span){ 0 };
	if (!n || n > algorithms_of(log))
		return 0;
	while (n--) {
		uint16_t found = rd16(s, size), bytes = size_of(log, found);

		if (!bytes)
			return 0;
		if (found == algorithm)
			*digest = span_sub(s, size + 2, bytes);
		size += 2u + bytes;
	}
	if (!span_has(s, size, 4))
		return 0;
	size += 4 + (uint64_t)rd32(s, size);
	return span_has(s, 0, size) ? size : 0;
}

size_t tpmlog_end(struct span log)
{
	size_t at = first_size(log);
	struct span digest;

	while (at && at < log.len) {
		size_t left = log.len - at;
		uint64_t size = tpmlog_event(log, span_from(log, at), 0, &digest);

		/* What is free is zero; an event has digests. */
		if (!size)
			return span_is_zero(span_sub(log, at, left < 16 ? left : 16)) ? at : 0;
		at += (size_t)size; /* it lies inside the log */
	}
	return at;
}

/* Which of our digests is of the header's algorithm number @i; NULL for none. */
static const struct tpm2_digest *find(struct span log, uint32_t i, const struct tpm2_digests *d)
{
	for (uint32_t k = 0; k < d->n; k++)
		if (d->bank[k].algorithm == algorithm_at(log, i) &&
		    d->bank[k].size == size_at(log, i))
			return &d->bank[k];
	return NULL;
}

/* How many digests the event gets, and how large it becomes. */
static uint32_t count(struct span log, const struct event *e, const struct tpm2_digests *d,
		      uint64_t *size)
{
	uint32_t n = 0;

	*size = sizeof(struct event_head) + 4 + (uint64_t)e->text.len;
	for (uint32_t i = 0; i < algorithms_of(log); i++) {
		const struct tpm2_digest *digest = find(log, i, d);

		n += digest != NULL;
		*size += digest ? 2u + digest->size : 0;
	}
	return n;
}

static uint8_t *put(uint8_t *to, uint32_t value, size_t bytes)
{
	for (; bytes--; value >>= 8)
		*to++ = (uint8_t)value;
	return to;
}

static void write_event(struct span log, uint8_t *to, const struct event *e,
			const struct tpm2_digests *d, uint32_t digests)
{
	to = put(to, e->pcr, 4);
	to = put(to, e->type, 4);
	to = put(to, digests, 4);
	for (uint32_t i = 0; i < algorithms_of(log); i++) {
		const struct tpm2_digest *digest = find(log, i, d);

		if (!digest)
			continue;
		to = put(to, digest->algorithm, 2);
		memcpy(to, digest->bytes, digest->size);
		to += digest->size;
	}
	to = put(to, (uint32_t)e->text.len, 4);
	if (e->text.len)
		memcpy(to, e->text.p, e->text.len);
}

bool tpmlog_append(uint8_t *area, size_t size, const struct event *e,
		   const struct tpm2_digests *digests)
{
	struct span log = { area, size };
	size_t at = tpmlog_end(log);
	uint64_t need = 0;
	uint32_t n = at ? count(log, e, digests, &need) : 0;

	/* Firmware may keep something behind its log, which is not ours to overwrite. */
	if (!n || !span_has(log, at, need) || !span_is_zero(span_sub(log, at, need)))
		return false;
	write_event(log, area + at, e, digests, n);
	return true;
}
