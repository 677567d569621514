// SPDX-License-Identifier: BSD-2-Clause
/*
 * The 32-bit part of the boot loader for BIOS media: copies what was read to its place
 * above 1 MiB and computes a checksum on the way.
 * Called through high_call(): protected mode, flat, interrupts off.  It links to nothing
 * else, since all other code is 16-bit (the Makefile checks).
 */
#include <stdbool.h>

#include "bios/boot/high.h"

#define POLYNOMIAL 0xedb88320u /* of CRC-32 (zlib, Ethernet), bits reversed */
#define LANES 4

/* table[k][b]: what byte b does to the CRC when k more bytes follow it. */
static uint32_t table[LANES][256];
static bool table_made;

static uint32_t crc_of_byte(uint32_t byte)
{
	for (int bit = 0; bit < 8; bit++)
		byte = byte & 1 ? byte >> 1 ^ POLYNOMIAL : byte >> 1;
	return byte;
}

static void table_make(void)
{
	for (uint32_t b = 0; b < 256; b++)
		table[0][b] = crc_of_byte(b);
	for (uint32_t b = 0; b < 256; b++)
		for (int k = 1; k < LANES; k++)
			table[k][b] = table[0][table[k - 1][b] & 0xff] ^ table[k - 1][b] >> 8;
	table_made = true;
}

static uint32_t crc_update(uint32_t crc, const uint8_t *p, uint32_t n)
{
#pragma GCC unroll 8
	for (; n >= LANES; p += LANES, n -= LANES) {
		crc ^= *(const uint32_t *)p;
		crc = table[3][crc & 0xff] ^ table[2][crc >> 8 & 0xff] ^
		      table[1][crc >> 16 & 0xff] ^ table[0][crc >> 24];
	}
	for (; n; p++, n--)
		crc = table[0][(crc ^ *p) & 0xff] ^ crc >> 8;
	return crc;
}

static void copy(uint32_t to, uint32_t from, uint32_t n)
{
	uint32_t words = n / 4, bytes = n % 4;

	asm volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
	asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

void high_take_crc(void *argument)
{
	struct piece *piece = argument;

	if (!table_made)
		table_make();
	copy(piece->to, piece->from, piece->size);
	/* Of what arrived, not of what was sent: so broken memory is seen too. */
	piece->crc = ~crc_update(~piece->crc, (const uint8_t *)piece->to, piece->size);
}

void high_take_sum(void *argument)
{
	struct piece *piece = argument;
	const uint8_t *p = (const uint8_t *)piece->to;
	uint64_t sum = 0;
	uint32_t i;

	copy(piece->to, piece->from, piece->size);
#pragma GCC unroll 8
	for (i = 0; i + 4 <= piece->size; i += 4)
		sum += *(const uint32_t *)(p + i);
	for (uint32_t shift = 0; i < piece->size; i++, shift += 8)
		sum += (uint32_t)p[i] << shift;
	piece->sum += sum;
}
