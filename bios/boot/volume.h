/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding the image on a disk: its EFI system partition (partition.c), the FAT file
 * system in it (fat.c), and which file is the newest (protocol/version.c).  Read only, and each
 * loop has a bound, so damaged data end in a line.  Pure but for what the world gives, so that
 * the unit tests have it too.
 */
#ifndef BIOS_BOOT_VOLUME_H
#define BIOS_BOOT_VOLUME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/say.h"
#include "protocol/version.h"

#define VOLUME_SECTOR 512u
#define VOLUME_NAME_MAX VERSION_NAME_MAX

/** struct extent - sectors in one piece */
struct extent {
	uint32_t lba, count;
};

/**
 * struct chain - the rest of a file
 * @cluster: the next one
 * @left:    clusters that must still come
 */
struct chain {
	uint32_t cluster, left;
};

/**
 * struct entry - of a directory
 * @name: the long one if there is one; what is not ASCII is '?'
 */
struct entry {
	char name[VOLUME_NAME_MAX + 1];
	uint32_t cluster, size;
	bool is_directory;
};

/** partition_find() - the EFI system partition of a disk with sectors of 512 << @shift bytes */
struct extent partition_find(uint32_t shift);

/** fat_open() - look at the FAT16 or FAT32 file system of a partition */
void fat_open(struct extent partition);

/** fat_find_image() - the newest EFI/Linux/NAME.efi, else EFI/BOOT/BOOTX64.EFI */
void fat_find_image(struct entry *found);

/** fat_chain() - where the bytes of a file begin */
struct chain fat_chain(const struct entry *file);

/** fat_extent() - the next sectors of a file that lie in one piece */
struct extent fat_extent(struct chain *chain);

/** sector_read() - one sector; what the world gives, refuses what cannot be read */
void sector_read(uint32_t lba, uint8_t *to);

/** disk_sectors() - how many the disk has, of its own size; 0 where nobody knows */
uint64_t disk_sectors(void);

#endif
