// SPDX-License-Identifier: BSD-2-Clause
/*
 * Writes a GPT (UEFI 5.3).  Called by `lintel disk`.  The GUIDs are made from the content, so
 * that the same image makes the same disk.
 */
#include "iso/media/gpt.h"

#include <string.h>
#include <zlib.h>

#include "bios/boot/gpt_format.h"
#include "iso/digest.h"
#include "iso/output.h"
#include "iso/put.h"
#include "protocol/span.h"

#define ENTRIES 128u
#define TABLE ((size_t)GPT_ENTRY * ENTRIES)
#define REVISION 0x00010000
#define NAME_LETTERS 36
#define SEED 32

uint64_t gpt_first(uint32_t sector)
{
	return 2ull * sector + TABLE;
}

/* Number @n of this disk; it looks like one that was drawn by lot. */
static void put_guid(uint8_t *at, const struct gpt_disk *disk, uint32_t n)
{
	uint8_t text[SEED + 4];
	struct digest d;

	memcpy(text, disk->seed, SEED);
	put32(text + SEED, n);
	d = digest_of("sha256", (struct span){ text, sizeof(text) });
	memcpy(at, d.bytes, GUID_SIZE);
	at[7] = (at[7] & 0x0f) | 0x40;
	at[8] = (at[8] & 0x3f) | 0x80;
}

static void put_partition(uint8_t *at, const struct gpt_disk *disk, const struct gpt_partition *p,
			  uint32_t n)
{
	memcpy(at, p->type, GUID_SIZE);
	put_guid(at + GPT_GUID, disk, n);
	put64(at + GPT_FIRST, p->at / disk->sector);
	put64(at + GPT_LAST, p->end / disk->sector - 1);
	for (size_t i = 0; i < NAME_LETTERS && p->name[i]; i++)
		put16(at + GPT_NAME + 2 * i, (uint8_t)p->name[i]);
}

static uint32_t crc(const uint8_t *bytes, size_t n)
{
	return (uint32_t)crc32(0, bytes, (uInt)n);
}

/* The header in LBA @own, of the table in LBA @entries. */
static void write_header(const struct output *to, const struct gpt_disk *disk, uint64_t own,
			 uint64_t other, uint64_t entries, const uint8_t *table)
{
	uint8_t h[GPT_HEADER] = { 0 };
	uint64_t first = gpt_first(disk->sector), sectors = disk->size / disk->sector;

	put64(h, GPT_MAGIC);
	put32(h + GPT_REVISION, REVISION);
	put32(h + GPT_HEADER_SIZE, GPT_HEADER);
	put64(h + GPT_LBA, own);
	put64(h + GPT_BACKUP, other);
	put64(h + GPT_FIRST_USABLE, first / disk->sector);
	put64(h + GPT_LAST_USABLE, sectors - first / disk->sector);
	put_guid(h + GPT_DISK_GUID, disk, 0);
	put64(h + GPT_ENTRIES, entries);
	put32(h + GPT_COUNT, ENTRIES);
	put32(h + GPT_SIZE, GPT_ENTRY);
	put32(h + GPT_CRC, crc(table, TABLE));
	put32(h + GPT_HEADER_CRC, crc(h, GPT_HEADER));
	output_write_at(to, own * disk->sector, h, sizeof(h));
	output_write_at(to, entries * disk->sector, table, TABLE);
}

/* The cylinders are those of a disk that is too large for them; UEFI 5.2.3. */
static void write_mbr(const struct output *to, const struct gpt_disk *disk)
{
	uint64_t sectors = disk->size / disk->sector - 1;
	uint8_t mbr[512 - MBR_TABLE] = { 0, 0, 2, 0, MBR_TYPE_GPT, 0xff, 0xff, 0xff };

	if (disk->active)
		mbr[0] = MBR_ACTIVE;
	put32(mbr + MBR_LBA, 1);
	put32(mbr + MBR_SIZE, sectors < UINT32_MAX ? (uint32_t)sectors : UINT32_MAX);
	put16(mbr + (MBR_SIGNATURE - MBR_TABLE), MBR_SIGNATURE_VALUE);
	output_write_at(to, MBR_TABLE, mbr, sizeof(mbr));
}

void gpt_write(const struct output *to, const struct gpt_disk *disk,
	       const struct gpt_partition *partitions, uint32_t count)
{
	uint8_t table[TABLE] = { 0 };
	uint64_t last = disk->size / disk->sector - 1;

	for (uint32_t i = 0; i < count; i++)
		put_partition(table + (size_t)i * GPT_ENTRY, disk, &partitions[i], i + 1);
	write_header(to, disk, 1, last, 2, table);
	write_header(to, disk, last, 1, last - TABLE / disk->sector, table);
	write_mbr(to, disk);
}
