/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding the images of a disk: its partitions (partition.c), the FAT file
 * system in each (fat.c), and in which order its files are tried (choose.c, by
 * protocol/version.c).  Disks are only read, and each loop has a bound, so that damaged
 * data end in a refusal.  These files touch no machine: they ask disk.h for sectors, so the
 * unit tests can run them too.
 */
#ifndef BIOS_BOOT_VOLUME_H
#define BIOS_BOOT_VOLUME_H

#include <stdbool.h>
#include <stdint.h>

#include "bios/boot/attempt.h"
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
 * @name: the long one if there is one; what is not printable ASCII is '?'
 * @place: its number in the directory, for the order of equal names
 */
struct entry {
	char name[VOLUME_NAME_MAX + 1];
	uint32_t cluster, size, place;
	bool is_directory;
};

enum partition_kind { PARTITION_ESP, PARTITION_XBOOTLDR, PARTITION_DATA, PARTITION_KINDS };

/**
 * struct partition - one that may have images; all zero before the first
 * @kind:   those of the first kind come first
 * @index:  of the table's entry that follows it
 * @is_one: whether the entry is of that kind
 * @first, @last: LBAs, of the drive's own sectors
 */
struct partition {
	uint32_t kind, index;
	bool is_one;
	uint64_t first, last;
};

/** partition_open() - read the table of a disk with sectors of 512 << @shift bytes */
void partition_open(uint32_t shift);

/** partition_next() - the one after @p; false after the last */
bool partition_next(struct partition *p);

/** partition_extent() - where it lies; its end is cut off at 2 TiB */
struct extent partition_extent(const struct partition *p);

/**
 * fat_open() - look at the FAT16 or FAT32 file system of a partition
 *
 * Return: false where there is no FAT at all; one that contradicts itself is refused.
 */
bool fat_open(struct extent partition);

/**
 * fat_find_next() - the next EFI/Linux/NAME.efi, from the newest to the oldest
 * @last: the one before; an empty name for the first
 */
bool fat_find_next(struct entry *last);

/** fat_find_fallback() - EFI/BOOT/BOOTX64.EFI */
bool fat_find_fallback(struct entry *found);

/** fat_chain() - where the bytes of a file begin */
struct chain fat_chain(const struct entry *file);

/** fat_extent() - the next sectors of a file that lie in one piece */
struct extent fat_extent(struct chain *chain);

/**
 * struct choice - which image is tried
 * @partition:   its partition
 * @is_fallback: it is EFI/BOOT/BOOTX64.EFI, which is tried after EFI/Linux of all
 * partitions
 * @file:        the file; the name is empty before a partition's first one
 * @tries:       images of this directory that were tried
 */
struct choice {
	struct partition partition;
	bool is_fallback;
	struct entry file;
	uint32_t tries;
};

/** choose_open() - begin, on a disk with sectors of 512 << @shift bytes */
void choose_open(struct choice *c, uint32_t shift);

/**
 * choose_next() - find the image to try next
 *
 * First writes a line that says why the last one was passed over.
 *
 * Return: false after the last.
 */
bool choose_next(struct choice *c);

/** choose_pass_over() - the attempt to start it failed */
void choose_pass_over(const struct choice *c);

/** choose_refuse() - no image is left; the line says what was wrong with the newest */
_Noreturn void choose_refuse(void);

#endif
