/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the boot loader of BIOS media does in 32-bit mode: high.c, through high_call().
 */
#ifndef BIOS_BOOT_HIGH_H
#define BIOS_BOOT_HIGH_H

#include <stdint.h>

/**
 * struct piece - a part of the image on its way to its place
 * @to, @from: addresses
 * @size: bytes
 * @crc: CRC-32 of all pieces so far; 0 before the first
 * @sum: of all their 32-bit words
 *
 * All pieces but the last are whole words.
 */
struct piece {
	uint32_t to, from, size;
	uint32_t crc;
	uint64_t sum;
};

/** high_take_crc() - copy a struct piece and bring its crc up to date */
void high_take_crc(void *piece);

/** high_take_sum() - copy a struct piece and bring its sum up to date */
void high_take_sum(void *piece);

#endif
