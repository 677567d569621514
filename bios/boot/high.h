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
 */
struct piece {
	uint32_t to, from, size;
};

/** high_copy() - copy a struct piece */
void high_copy(void *piece);

/** high_sum_begin() - forget the checksum of another image */
void high_sum_begin(void *nothing);

/** high_sum() - add the bytes at a piece's @to to the checksum; whole blocks only */
void high_sum(void *piece);

/** high_sum_value() - store the checksum as uint64_t */
void high_sum_value(void *value);

#endif
