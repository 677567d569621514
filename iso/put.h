/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes little-endian numbers into bytes, as protocol/span.h reads them.
 */
#ifndef ISO_PUT_H
#define ISO_PUT_H

#include <stddef.h>
#include <stdint.h>

static inline void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)v);
	put16(p + 2, (uint16_t)(v >> 16));
}

static inline void put64(uint8_t *p, uint64_t v)
{
	put32(p, (uint32_t)v);
	put32(p + 4, (uint32_t)(v >> 32));
}

/* Write the field of a wire structure that begins at p. */
#define PUT16(p, type, field, v) put16((p) + offsetof(type, field), (v))
#define PUT32(p, type, field, v) put32((p) + offsetof(type, field), (v))
#define PUT64(p, type, field, v) put64((p) + offsetof(type, field), (v))

#endif
