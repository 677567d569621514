// SPDX-License-Identifier: BSD-2-Clause
/*
 * Lists the partitions of a disk that may have images: by its GPT (UEFI 5.3) or the backup
 * of that at the disk's end, else by its MBR.  EFI system partitions come first, then those
 * of the Boot Loader Specification (UAPI.1, "XBOOTLDR"), then any that may have a FAT.
 * Called by choose.c; pure, but for sector_read() and disk_sectors().
 */
#include "bios/boot/gpt_format.h"
#include "bios/boot/volume.h"
#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/say.h"
#include "protocol/span.h"

#define GPT_COUNT_MAX 1024
#define MBR_TYPES_MAX 5

/* How a table names a kind: the GUID in two halves, and the MBR's numbers of it. */
static const struct kind {
	uint64_t guid[2];
	uint8_t types[MBR_TYPES_MAX];
} kinds[PARTITION_KINDS] = {
	/* C12A7328-F81F-11D2-BA4B-00A0C93EC93B */
	[PARTITION_ESP] = { { 0x11d2f81fc12a7328ull, 0x3bc93ec9a0004bbaull }, { 0xef } },
	/* BC13C2FF-59E6-4262-A352-B275FD6F7172 */
	[PARTITION_XBOOTLDR] = { { 0x426259e6bc13c2ffull, 0x72716ffd75b252a3ull }, { 0xea } },
	/* EBD0A0A2-B9E5-4433-87C0-68B6B72699C7: may or may not be FAT */
	[PARTITION_DATA] = { { 0x4433b9e5ebd0a0a2ull, 0xc79926b7b668c087ull },
			     { 0x0c, 0x0b, 0x0e, 0x06, 0x04 } },
};

static uint8_t bytes[SECTOR_SIZE];
static const struct span sector = { bytes, sizeof(bytes) };

/* In sectors of 512 bytes; refuses what does not fit into 32 bits. */
static uint32_t scale_lba(uint64_t lba, uint32_t shift)
{
	if (lba >= FOUR_GIB >> shift)
		die(E_FAT, "partition beyond 2 TiB, sector / 2^32 is 0x%x", (uint32_t)(lba >> 32));
	return (uint32_t)lba << shift;
}

/* Add 4 bits to a CRC-32 (as zlib and Ethernet use it). */
static uint32_t add_nibble(uint32_t crc)
{
	static const uint32_t table[] = { 0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
					  0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
					  0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
					  0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c };

	return crc >> 4 ^ table[crc & 15];
}

/* Add the first @n bytes of `sector` to a CRC.  Begin with ~0; the complement is the result. */
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
 * @backup: LBA of the other GPT; 0 where this header is wrong
 */
struct gpt {
	uint32_t table, count, size, crc;
	uint64_t backup;
};

/* Check and read the header in `sector`, which came from LBA @lba. */
static bool read_gpt_header(struct gpt *gpt, uint64_t lba, uint32_t shift)
{
	uint32_t size = rd32(sector, GPT_HEADER_SIZE), crc = rd32(sector, GPT_HEADER_CRC);

	if (rd64(sector, 0) != GPT_MAGIC || size < GPT_HEADER || size > SECTOR_SIZE)
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

/* Read the GPT at the end of the disk.  The first one says where, if its header was right. */
static void read_gpt_backup(struct gpt *gpt, uint32_t shift)
{
	uint64_t count = disk_sectors(), lba = gpt->backup ? gpt->backup : count ? count - 1 : 1;

	if (!read_gpt(gpt, lba, shift))
		die(E_FAT, "GPT damaged, and so is what should be its backup, at sector 0x%x",
		    (uint32_t)lba);
	say("lintel: the disk's first GPT is damaged, its backup is used\n");
}

/* Whether the MBR, which is in `sector`, has a partition of that type. */
static bool has_type(uint8_t type)
{
	for (uint32_t at = MBR_TABLE; at < MBR_TABLE + MBR_COUNT * MBR_ENTRY; at += MBR_ENTRY)
		if (rd8(sector, at + MBR_TYPE) == type)
			return true;
	return false;
}

/* The table that is used, and the number of the sector that is in `sector`. */
static struct table {
	struct gpt gpt;
	uint32_t shift, lba;
	bool is_gpt;
} table;

static void want_sector(uint32_t lba)
{
	if (lba != table.lba)
		sector_read(lba, bytes);
	table.lba = lba;
}

void partition_open(uint32_t shift)
{
	table = (struct table){ .shift = shift, .lba = UINT32_MAX, .is_gpt = true };
	if (read_gpt(&table.gpt, 1, shift))
		return;
	sector_read(0, bytes);
	table.is_gpt = table.gpt.backup || has_type(MBR_TYPE_GPT);
	if (table.is_gpt)
		read_gpt_backup(&table.gpt, shift);
}

static bool read_gpt_entry(struct partition *p)
{
	uint32_t at = p->index * table.gpt.size;
	const uint64_t *guid = kinds[p->kind].guid;

	if (p->index >= table.gpt.count)
		return false;
	want_sector(table.gpt.table + at / SECTOR_SIZE);
	at %= SECTOR_SIZE;
	p->is_one = rd64(sector, at) == guid[0] && rd64(sector, at + 8) == guid[1];
	p->first = rd64(sector, at + GPT_FIRST);
	p->last = rd64(sector, at + GPT_LAST);
	return true;
}

static bool is_type(const struct kind *kind, uint8_t type)
{
	for (uint32_t i = 0; i < MBR_TYPES_MAX; i++)
		if (type && kind->types[i] == type)
			return true;
	return false;
}

static bool read_mbr_entry(struct partition *p)
{
	uint32_t at = MBR_TABLE + p->index * MBR_ENTRY;

	if (p->index >= MBR_COUNT)
		return false;
	want_sector(0);
	p->is_one = is_type(&kinds[p->kind], rd8(sector, at + MBR_TYPE));
	p->first = rd32(sector, at + MBR_LBA);
	p->last = p->first + rd32(sector, at + MBR_SIZE) - 1;
	return true;
}

/* Partitions beyond 2 TiB are skipped, except for an ESP, which is then refused. */
static bool is_in_reach(const struct partition *p)
{
	return p->kind == PARTITION_ESP || p->first < FOUR_GIB >> table.shift;
}

bool partition_next(struct partition *p)
{
	for (; p->kind < PARTITION_KINDS; p->kind++) {
		while (table.is_gpt ? read_gpt_entry(p) : read_mbr_entry(p)) {
			p->index++;
			if (p->is_one && is_in_reach(p))
				return true;
		}
		p->index = 0;
	}
	return false;
}

struct extent partition_extent(const struct partition *p)
{
	uint64_t end = (p->last + 1) << table.shift;
	uint32_t first = scale_lba(p->first, table.shift);

	if (!first || p->last < p->first)
		die(E_FAT, "it ends before it begins, at sector 0x%x", (uint32_t)p->last);
	/* The partition includes its last LBA. */
	if (p->last >= FOUR_GIB >> table.shift)
		end = UINT32_MAX;
	return (struct extent){ first, (uint32_t)(end - first) };
}
