// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finds the EFI system partition of a disk: by its GPT (UEFI 5.3) or the backup of that at
 * the disk's end, else by its MBR.
 * Called by boot_main() once; pure, but for sector_read() and disk_sectors().
 */
#include "bios/boot/volume.h"
#include "protocol/lib.h"
#include "protocol/say.h"
#include "protocol/span.h"

#define GPT_MAGIC 0x5452415020494645ull /* "EFI PART" */
#define GPT_HEADER_SIZE 12
#define GPT_HEADER_CRC 16
#define GPT_LBA 24     /* its own */
#define GPT_BACKUP 32  /* the other's */
#define GPT_ENTRIES 72 /* LBA of the entries, their number and size */
#define GPT_COUNT 80
#define GPT_SIZE 84
#define GPT_CRC 88 /* of the entries */
#define GPT_HEADER_MIN 92u
#define GPT_FIRST 32
#define GPT_LAST 40
#define GPT_ENTRY 128u
#define GPT_COUNT_MAX 1024

#define MBR_TABLE 446
#define MBR_ENTRY 16
#define MBR_COUNT 4
#define MBR_TYPE 4
#define MBR_LBA 8
#define MBR_SIZE 12
#define MBR_TYPE_ESP 0xef
#define MBR_TYPE_GPT 0xee

/* C12A7328-F81F-11D2-BA4B-00A0C93EC93B in two halves */
#define ESP_GUID_LOW 0x11d2f81fc12a7328ull
#define ESP_GUID_HIGH 0x3bc93ec9a0004bbaull

static uint8_t bytes[SECTOR_SIZE];
static const struct span sector = { bytes, sizeof(bytes) };

/* Refuses what 32 bits of sectors do not reach. */
static uint32_t scale_lba(uint64_t lba, uint32_t shift)
{
	if (lba >= UINT64_C(0x100000000) >> shift)
		die(E_FAT, "partition beyond 2 TiB, sector / 2^32 is 0x%x", (uint32_t)(lba >> 32));
	return (uint32_t)lba << shift;
}

/* CRC-32 (zlib, Ethernet) of 4 bits more. */
static uint32_t add_nibble(uint32_t crc)
{
	static const uint32_t table[] = { 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
					  0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
					  0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
					  0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c };

	return crc >> 4 ^ table[crc & 15];
}

/* Of the first @n bytes of `sector` more; ~0 before the first, the complement is the CRC. */
static uint32_t add_sector(uint32_t crc, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		crc = add_nibble(add_nibble(crc ^ bytes[i]));
	return crc;
}

/**
 * struct gpt - where the list of partitions is
 * @table: first sector of the entries
 * @count, @size: of the entries
 * @crc: of all of them
 * @backup: LBA of the other GPT, of a header that is right; else 0
 */
struct gpt {
	uint32_t table, count, size, crc;
	uint64_t backup;
};

/* The header in `sector`, which should be that of LBA @lba. */
static bool read_gpt_header(struct gpt *gpt, uint64_t lba, uint32_t shift)
{
	uint32_t size = rd32(sector, GPT_HEADER_SIZE), crc = rd32(sector, GPT_HEADER_CRC);

	if (rd64(sector, 0) != GPT_MAGIC || size < GPT_HEADER_MIN || size > SECTOR_SIZE)
		return false;
	memset(bytes + GPT_HEADER_CRC, 0, sizeof(crc));
	if (~add_sector(~0u, size) != crc || rd64(sector, GPT_LBA) != lba)
		return false;
	*gpt = (struct gpt){ scale_lba(rd64(sector, GPT_ENTRIES), shift), rd32(sector, GPT_COUNT),
			     rd32(sector, GPT_SIZE), rd32(sector, GPT_CRC),
			     rd64(sector, GPT_BACKUP) };
	return true;
}

static bool check_gpt_entries(const struct gpt *gpt)
{
	uint32_t crc = ~0u, left = gpt->count * gpt->size;

	if (gpt->size < GPT_ENTRY || SECTOR_SIZE % gpt->size || gpt->count > GPT_COUNT_MAX)
		return false;
	for (uint32_t lba = gpt->table; left; lba++) {
		uint32_t n = left < SECTOR_SIZE ? left : SECTOR_SIZE;

		sector_read(lba, bytes);
		crc = add_sector(crc, n);
		left -= n;
	}
	return ~crc == gpt->crc;
}

static bool read_gpt(struct gpt *gpt, uint64_t lba, uint32_t shift)
{
	gpt->backup = 0;
	sector_read(scale_lba(lba, shift), bytes);
	return read_gpt_header(gpt, lba, shift) && check_gpt_entries(gpt);
}

/* The GPT at the end of the disk; the first one says where, if its header was right. */
static void read_gpt_backup(struct gpt *gpt, uint32_t shift)
{
	uint64_t count = disk_sectors(), lba = gpt->backup ? gpt->backup : count ? count - 1 : 1;

	if (!read_gpt(gpt, lba, shift))
		die(E_FAT, "GPT damaged, and so is what should be its backup, at sector 0x%x",
		    (uint32_t)lba);
	say("lintel: the disk's first GPT is damaged, its backup is used\n");
}

static struct extent read_extent(uint32_t at, uint32_t shift)
{
	uint64_t first = rd64(sector, at + GPT_FIRST), last = rd64(sector, at + GPT_LAST);

	if (!first || last < first)
		die(E_FAT, "EFI system partition ends before it begins, at sector 0x%x",
		    (uint32_t)first);
	/* The last LBA is part of it, with all its sectors of 512 bytes. */
	return (struct extent){ scale_lba(first, shift),
				(scale_lba(last, shift) - scale_lba(first, shift)) +
					(1u << shift) };
}

static struct extent find_in_gpt(const struct gpt *gpt, uint32_t shift)
{
	for (uint32_t i = 0; i < gpt->count; i++) {
		uint32_t at = i * gpt->size % SECTOR_SIZE;

		if (!at)
			sector_read(gpt->table + i * gpt->size / SECTOR_SIZE, bytes);
		if (rd64(sector, at) == ESP_GUID_LOW && rd64(sector, at + 8) == ESP_GUID_HIGH)
			return read_extent(at, shift);
	}
	die(E_NO_IMAGE, "no EFI system partition in the GPT, entries: 0x%x", gpt->count);
}

/* The entry of that type in the MBR, which is in `sector`; 0 where there is none. */
static uint32_t find_mbr_entry(uint8_t type)
{
	for (uint32_t at = MBR_TABLE; at < MBR_TABLE + MBR_COUNT * MBR_ENTRY; at += MBR_ENTRY)
		if (rd8(sector, at + MBR_TYPE) == type)
			return at;
	return 0;
}

static struct extent find_in_mbr(uint32_t shift)
{
	uint32_t at = find_mbr_entry(MBR_TYPE_ESP);

	if (!at)
		die(E_NO_IMAGE, "neither a GPT nor an EFI system partition in the MBR, found: 0x%x",
		    0);
	return (struct extent){ scale_lba(rd32(sector, at + MBR_LBA), shift),
				scale_lba(rd32(sector, at + MBR_SIZE), shift) };
}

struct extent partition_find(uint32_t shift)
{
	struct gpt gpt;

	if (read_gpt(&gpt, 1, shift))
		return find_in_gpt(&gpt, shift);
	sector_read(0, bytes);
	if (!gpt.backup && !find_mbr_entry(MBR_TYPE_GPT))
		return find_in_mbr(shift);
	read_gpt_backup(&gpt, shift);
	return find_in_gpt(&gpt, shift);
}
