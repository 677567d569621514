/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding the image on a disk: its EFI system partition (partition.c), the FAT file
 * system in it (fat.c), and which file is the newest (protocol/version.c).  Disks are only
 * read, and each loop has a bound, so that damaged data end in a refusal.  These files
 * touch no machine: they ask disk.h for sectors, and so the unit tests run them too.
 */
#ifndef BIOS_BOOT_VOLUME_H
#define BIOS_BOOT_VOLUME_H

#include <stdbool.h>
#include <stdint.h>

#include "bios/boot/disk.h"
#include "protocol/version.h"

#define VOLUME_NAME_MAX VERSION_NAME_MAX

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

#endif
