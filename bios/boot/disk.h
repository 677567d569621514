/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sectors of the drive that the BIOS started us from: disk.c.  The unit tests replace
 * sector_read() and disk_sectors() by a disk of their own.
 */
#ifndef BIOS_BOOT_DISK_H
#define BIOS_BOOT_DISK_H

#include <stdint.h>

/* Sector numbers count sectors of this size, whatever sectors the drive has. */
#define SECTOR_SIZE 512u

/** struct extent - sectors in one piece */
struct extent {
	uint32_t lba, count;
};

/** disk_open() - find out how to read the drive that we were started from */
void disk_open(void);

/** disk_forget() - that reads failed: another image may lie where the drive has no fault */
void disk_forget(void);

/** disk_sectors() - number of the drive's own sectors; 0 where the BIOS does not know */
uint64_t disk_sectors(void);

/**
 * disk_read() - read several sectors
 * @lba:   the first
 * @count: how many are wanted; one read gives as many of them as the BIOS takes at once
 * @got:   how many were read
 *
 * A read that fails is tried again, and then for one sector alone; if that fails too, it is
 * refused (E_READ).
 *
 * Return: the address of the first, in the memory of BOOT_BOUNCE.
 */
uint32_t disk_read(uint32_t lba, uint32_t count, uint32_t *got);

/** sector_read() - read one sector to @to; refuses (E_READ) */
void sector_read(uint32_t lba, uint8_t *to);

#endif
