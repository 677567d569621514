/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bounded reading of input.  Parsers never cast a structure onto input: they name the
 * field, and these readers check that it lies inside the input.
 * Any world, any mode; no side effects.
 */
#ifndef PROTOCOL_SPAN_H
#define PROTOCOL_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/world.h" /* span_at() and memory_at() */

/**
 * struct span - bytes that may be read
 * @p:   the first byte
 * @len: how many bytes there are; 0 is an empty span
 */
struct span {
	const uint8_t *p;
	size_t len;
};

/** struct blob - bytes that a loader has put into memory, by the machine's addresses */
struct blob {
	uint64_t base, size;
};

/** span_has() - whether @n bytes can be read at @off */
static inline bool span_has(struct span s, uint64_t off, uint64_t n)
{
	return !(s.len < n || off > s.len - n);
}

/** span_sub() - @n bytes at @off; an empty span where they do not all exist */
static inline struct span span_sub(struct span s, uint64_t off, uint64_t n)
{
	struct span none = { s.p, 0 };

	/* Not even 0 may be added to the pointer of an empty span, which may be NULL. */
	if (!n || !span_has(s, off, n))
		return none;
	return (struct span){ s.p + off, (size_t)n };
}

/** span_from() - everything from @off on; an empty span where @off is outside */
static inline struct span span_from(struct span s, uint64_t off)
{
	return span_sub(s, off, off > s.len ? 0 : s.len - off);
}

/** span_text() - the bytes before the first NUL, or all if there is none */
static inline struct span span_text(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.p[n])
		n++;
	return span_sub(s, 0, n);
}

/* Little-endian readers; a read outside the span gives 0. */
static inline uint8_t rd8(struct span s, uint64_t off)
{
	if (s.len < 1 || off > s.len - 1)
		return 0;
	return s.p[off];
}

static inline uint16_t rd16(struct span s, uint64_t off)
{
	if (s.len < 2 || off > s.len - 2)
		return 0;
	const uint8_t *q = s.p + off;
	return (uint16_t)(q[0] | q[1] << 8);
}

static inline uint32_t rd32(struct span s, uint64_t off)
{
	if (s.len < 4 || off > s.len - 4)
		return 0;
	const uint8_t *q = s.p + off;
	return (uint32_t)q[0] | (uint32_t)q[1] << 8 | (uint32_t)q[2] << 16 | (uint32_t)q[3] << 24;
}

static inline uint64_t rd64(struct span s, uint64_t off)
{
	if (s.len < 8 || off > s.len - 8)
		return 0;
	const uint8_t *q = s.p + off;
	return (uint64_t)q[0] | (uint64_t)q[1] << 8 | (uint64_t)q[2] << 16 | (uint64_t)q[3] << 24 |
	       (uint64_t)q[4] << 32 | (uint64_t)q[5] << 40 | (uint64_t)q[6] << 48 |
	       (uint64_t)q[7] << 56;
}

/* Read the field of a wire structure that begins at @off: RD32(s, 0, struct x, f). */
#define RD8(s, off, type, field) rd8((s), (off) + offsetof(type, field))
#define RD16(s, off, type, field) rd16((s), (off) + offsetof(type, field))
#define RD32(s, off, type, field) rd32((s), (off) + offsetof(type, field))
#define RD64(s, off, type, field) rd64((s), (off) + offsetof(type, field))

/** span_is_zero() - whether all bytes are 0; an empty span's are */
static inline bool span_is_zero(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i])
			return false;
	return true;
}

/** span_sums_to_zero() - whether the first @n bytes are there and sum to 0 modulo 256, which is
 *  the checksum of ACPI and SMBIOS */
static inline bool span_sums_to_zero(struct span s, size_t n)
{
	uint8_t sum = 0;

	if (!span_has(s, 0, n))
		return false;
	for (size_t i = 0; i < n; i++)
		sum = (uint8_t)(sum + s.p[i]);
	return sum == 0;
}

#endif
