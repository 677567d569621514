// SPDX-License-Identifier: BSD-2-Clause
/*
 * The EFI system partition of a medium: a FAT16 or FAT32 (Microsoft's "FAT General Overview")
 * with one or two files.  Called by `lintel iso` and `lintel disk`.
 *
 * It is written here and not by another program, so that its bytes are the same each time,
 * the image lies where the ISO 9660 tree can name it too, and any sector size can be had.
 */
#include "iso/media/esp.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bios/boot/fat_format.h"
#include "iso/allocate.h"
#include "iso/examine.h"
#include "iso/file.h"
#include "iso/output.h"
#include "iso/put.h"
#include "iso/reject.h"
#include "protocol/span.h"

#define FATS 2u
/* Some programs are off by a few clusters where the kinds meet. */
#define DOUBT 16u
#define RESERVED32 32u
#define ROOT_ENTRIES 512u
#define INFO_SECTOR 1u
#define BACKUP_SECTOR 6u
#define HEADS 255
#define TRACK_SECTORS 63

#define NAME 11u
#define YEAR_FIRST 80 /* 1980, of struct tm */

/**
 * struct layout - where everything lies, in sectors unless it says otherwise
 * @root:     the root directory of FAT16; FAT32 has it in a cluster
 * @cluster:  sectors of one
 * @clusters: how many
 * @next:     the first cluster behind all that are used
 * @free:     clusters
 * @table:    the FAT as far as it is used, which is the same for both copies
 */
struct layout {
	bool is_wide;
	uint32_t reserved, fat, root, data, cluster, clusters, next, free;
	uint8_t *table;
};

static uint32_t round_up(uint64_t value, uint32_t to)
{
	return (uint32_t)((value + to - 1) / to * to);
}

/* The layout with clusters of that size; false where there are too few for a FAT32. */
static bool fits(struct layout *l, const struct esp *esp, uint32_t cluster, bool is_wide)
{
	uint32_t sector = esp->sector, entry = is_wide ? 4 : 2, most;
	uint64_t total = esp->size / sector;

	*l = (struct layout){ .is_wide = is_wide, .cluster = cluster / sector };
	l->root = is_wide ? 0 : ROOT_ENTRIES * ENTRY_SIZE / sector;
	l->fat = round_up((total / l->cluster + 2) * entry, sector) / sector;
	l->reserved = is_wide ? RESERVED32 : 1;
	/* What the files' alignment needs goes into the reserved sectors. */
	l->data = round_up(l->reserved + FATS * l->fat + l->root, ESP_ALIGNMENT / sector);
	l->reserved = l->data - FATS * l->fat - l->root;
	if (total < l->data)
		return false;
	l->clusters = (uint32_t)((total - l->data) / l->cluster);
	most = FAT32_CLUSTERS_MIN - 1 - DOUBT;
	if (!is_wide && l->clusters > most)
		l->clusters = most;
	l->free = l->clusters;
	return l->clusters >= (is_wide ? FAT32_CLUSTERS_MIN : FAT16_CLUSTERS_MIN) + DOUBT;
}

static struct layout choose_layout(const struct esp *esp)
{
	struct layout l;

	for (uint32_t cluster = ESP_ALIGNMENT; cluster >= esp->sector; cluster /= 2)
		if (fits(&l, esp, cluster, true))
			return l;
	if (!fits(&l, esp, esp->sector, false))
		reject("the EFI system partition", "is too small: %llu bytes",
		       (unsigned long long)esp->size);
	return l;
}

static uint64_t cluster_byte(const struct layout *l, const struct esp *esp, uint32_t cluster)
{
	return esp->at + ((uint64_t)l->data + (uint64_t)(cluster - 2) * l->cluster) * esp->sector;
}

static void link_cluster(struct layout *l, uint32_t cluster, uint32_t next)
{
	if (l->is_wide)
		put32(l->table + cluster * 4ull, next & 0x0fffffff);
	else
		put16(l->table + cluster * 2ull, (uint16_t)next);
}

/* Clusters in one piece; the first one. */
static uint32_t take_clusters(struct layout *l, const struct esp *esp, uint64_t bytes)
{
	uint32_t size = l->cluster * esp->sector, first = l->next;
	uint64_t count = (bytes + size - 1) / size;

	if (first - 2 + count > l->clusters)
		reject("the EFI system partition", "is too small for its files");
	for (uint64_t i = 0; i < count; i++)
		link_cluster(l, l->next + (uint32_t)i,
			     i + 1 < count ? l->next + (uint32_t)i + 1 : UINT32_MAX);
	l->next += (uint32_t)count;
	l->free -= (uint32_t)count;
	return first;
}

/* A date of FAT, which begins in 1980, and a time in steps of two seconds. */
static void put_time(uint8_t *entry, uint64_t seconds)
{
	time_t when = (time_t)seconds;
	struct tm tm = { .tm_year = YEAR_FIRST, .tm_mday = 1 };
	uint16_t date, clock;

	gmtime_r(&when, &tm);
	if (tm.tm_year < YEAR_FIRST)
		tm = (struct tm){ .tm_year = YEAR_FIRST, .tm_mday = 1 };
	date = (uint16_t)((tm.tm_year - YEAR_FIRST) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday);
	clock = (uint16_t)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2);
	put16(entry + 14, clock);
	put16(entry + 16, date);
	put16(entry + 18, date);
	put16(entry + 22, clock);
	put16(entry + 24, date);
}

static void put_entry(uint8_t *entry, const struct esp *esp, const char *name, uint32_t cluster,
		      uint32_t size)
{
	memcpy(entry, name, NAME);
	entry[NAME] = size ? ATTRIBUTE_ARCHIVE : ATTRIBUTE_DIRECTORY;
	put_time(entry, esp->time);
	put16(entry + ENTRY_CLUSTER_HIGH, (uint16_t)(cluster >> 16));
	put16(entry + ENTRY_CLUSTER, (uint16_t)cluster);
	put32(entry + ENTRY_FILE_SIZE, size);
}

/* A directory of one cluster with "." and "..", and what else is put behind them. */
static void write_directory(const struct output *to, const struct esp *esp, uint64_t at,
			    uint8_t *entries, uint32_t own, uint32_t parent)
{
	put_entry(entries, esp, ".          ", own, 0);
	put_entry(entries + ENTRY_SIZE, esp, "..         ", parent, 0);
	output_write_at(to, at, entries, 4ull * ENTRY_SIZE);
}

/* Places a file, writes it and its entry. */
static uint64_t write_file(const struct output *to, const struct esp *esp, struct layout *l,
			   const struct file *file, const char *name, uint8_t *entry)
{
	uint32_t per = ESP_ALIGNMENT / (l->cluster * esp->sector), first;
	struct span s = examine_file(file);

	l->next = 2 + round_up(l->next - 2, per ? per : 1);
	first = take_clusters(l, esp, s.len);
	put_entry(entry, esp, name, first, (uint32_t)s.len);
	output_write_at(to, cluster_byte(l, esp, first), s.p, s.len);
	return cluster_byte(l, esp, first);
}

/* A text without its NUL. */
static void put_text(uint8_t *to, const char *text)
{
	while (*text)
		*to++ = (uint8_t)*text++;
}

static void put_parameters(uint8_t *boot, const struct esp *esp, const struct layout *l)
{
	uint32_t total = l->data + l->clusters * l->cluster;
	bool is_short = !l->is_wide && total <= UINT16_MAX;

	put_text(boot, l->is_wide ? "\xeb\x58\x90LINTEL  " : "\xeb\x3c\x90LINTEL  ");
	put16(boot + BPB_SECTOR_SIZE, (uint16_t)esp->sector);
	boot[BPB_CLUSTER] = (uint8_t)l->cluster;
	put16(boot + BPB_RESERVED, (uint16_t)l->reserved);
	boot[BPB_FATS] = FATS;
	put16(boot + BPB_ROOT_ENTRIES, l->is_wide ? 0 : ROOT_ENTRIES);
	put16(boot + BPB_TOTAL16, is_short ? (uint16_t)total : 0);
	boot[BPB_MEDIA] = 0xf8; /* a hard disk */
	put16(boot + BPB_FAT_SIZE16, l->is_wide ? 0 : (uint16_t)l->fat);
	put16(boot + BPB_TRACK_SECTORS, TRACK_SECTORS);
	put16(boot + BPB_HEADS, HEADS);
	put32(boot + BPB_HIDDEN, (uint32_t)(esp->at / esp->sector));
	put32(boot + BPB_TOTAL32, is_short ? 0 : total);
	put16(boot + BPB_SIGNATURE, BPB_SIGNATURE_VALUE);
}

/* What follows; in FAT32 it comes later. */
static void put_names(uint8_t *at, const struct esp *esp, const char *kind)
{
	at[0] = 0x80;
	at[2] = 0x29; /* the fields that follow are there */
	put32(at + 3, esp->id);
	put_text(at + 7, "NO NAME    ");
	memcpy(at + 18, kind, 8);
}

static void write_info(const struct output *to, const struct layout *l, uint64_t at)
{
	uint8_t info[512] = { 0 };

	put32(info, 0x41615252);
	put32(info + 484, 0x61417272);
	put32(info + 488, l->free);
	put32(info + 492, l->next);
	put32(info + 508, 0xaa550000);
	output_write_at(to, at, info, sizeof(info));
}

static void write_boot_sectors(const struct output *to, const struct esp *esp,
			       const struct layout *l, uint32_t root)
{
	uint8_t boot[512] = { 0 };

	put_parameters(boot, esp, l);
	put_names(boot + (l->is_wide ? BPB_NAMES32 : BPB_NAMES16), esp,
		  l->is_wide ? "FAT32   " : "FAT16   ");
	if (l->is_wide) {
		put32(boot + BPB_FAT_SIZE32, l->fat);
		put32(boot + BPB_ROOT_CLUSTER, root);
		put16(boot + BPB_INFO_SECTOR, INFO_SECTOR);
		put16(boot + BPB_BACKUP_SECTOR, BACKUP_SECTOR);
	}
	output_write_at(to, esp->at, boot, sizeof(boot));
	if (!l->is_wide)
		return;
	for (uint32_t sector = 0; sector <= BACKUP_SECTOR; sector += BACKUP_SECTOR) {
		output_write_at(to, esp->at + (uint64_t)sector * esp->sector, boot, sizeof(boot));
		write_info(to, l, esp->at + (uint64_t)(sector + INFO_SECTOR) * esp->sector);
	}
}

static void write_tables(const struct output *to, const struct esp *esp, const struct layout *l)
{
	for (uint32_t i = 0; i < FATS; i++)
		output_write_at(
			to, esp->at + ((uint64_t)l->reserved + (uint64_t)i * l->fat) * esp->sector,
			l->table, (size_t)l->next * (l->is_wide ? 4 : 2));
}

void esp_write(const struct output *to, const struct esp *esp, uint64_t places[2])
{
	struct layout l = choose_layout(esp);
	uint8_t directory[(size_t)4 * ENTRY_SIZE] = { 0 }, top[(size_t)4 * ENTRY_SIZE] = { 0 },
				      files[(size_t)4 * ENTRY_SIZE] = { 0 };
	uint32_t root = 0, efi, boot;

	l.table = allocate((size_t)l.fat * esp->sector);
	link_cluster(&l, 0, 0xfffffff8);
	link_cluster(&l, 1, UINT32_MAX);
	l.next = 2;
	if (l.is_wide)
		root = take_clusters(&l, esp, 1);
	efi = take_clusters(&l, esp, 1);
	boot = take_clusters(&l, esp, 1);
	places[0] = write_file(to, esp, &l, esp->image, "BOOTX64 EFI",
			       files + (size_t)2 * ENTRY_SIZE);
	if (esp->ia32)
		places[1] = write_file(to, esp, &l, esp->ia32, "BOOTIA32EFI",
				       files + (size_t)3 * ENTRY_SIZE);
	write_directory(to, esp, cluster_byte(&l, esp, boot), files, boot, efi);
	put_entry(directory + (size_t)2 * ENTRY_SIZE, esp, "BOOT       ", boot, 0);
	write_directory(to, esp, cluster_byte(&l, esp, efi), directory, efi, 0);
	put_entry(top, esp, "EFI        ", efi, 0);
	output_write_at(to,
			root ? cluster_byte(&l, esp, root) :
			       esp->at + ((uint64_t)l.data - l.root) * esp->sector,
			top, sizeof(top));
	write_boot_sectors(to, esp, &l, root);
	write_tables(to, esp, &l);
	free(l.table);
}
