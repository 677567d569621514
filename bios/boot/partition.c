// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finds the EFI system partition of a disk: by its GPT, else by its MBR.
 * Called by main() once; pure but for sector_read().
 */
#include "bios/boot/volume.h"
#include "protocol/lib.h"
#include "protocol/span.h"

#define GPT_MAGIC 0x5452415020494645ull /* "EFI PART" */
#define GPT_ENTRIES 72			/* LBA of the entries, their number and size */
#define GPT_COUNT 80
#define GPT_SIZE 84
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

/* C12A7328-F81F-11D2-BA4B-00A0C93EC93B in two halves */
#define ESP_GUID_LOW 0x11d2f81fc12a7328ull
#define ESP_GUID_HIGH 0x3bc93ec9a0004bbaull

static uint8_t bytes[VOLUME_SECTOR];
static const struct span sector = { bytes, sizeof(bytes) };

/* Refuses what 32 bits of sectors do not reach. */
static uint32_t lba_scaled(uint64_t lba, uint32_t shift)
{
	if (lba >= UINT64_C(0x100000000) >> shift)
		setup_refuse(E_FAT, "partition beyond 2 TiB, sector / 2^32 is",
			     (uint32_t)(lba >> 32));
	return (uint32_t)lba << shift;
}

static struct extent gpt_extent(uint32_t at, uint32_t shift)
{
	uint64_t first = rd64(sector, at + GPT_FIRST), last = rd64(sector, at + GPT_LAST);

	if (!first || last < first)
		setup_refuse(E_FAT, "EFI system partition ends before it begins, at sector",
			     (uint32_t)first);
	return (struct extent){ lba_scaled(first, shift),
				lba_scaled(last, shift) - lba_scaled(first, shift) + 1 };
}

static struct extent gpt_find(uint32_t shift)
{
	uint32_t table = lba_scaled(rd64(sector, GPT_ENTRIES), shift);
	uint32_t count = rd32(sector, GPT_COUNT), size = rd32(sector, GPT_SIZE);

	if (size < GPT_ENTRY || VOLUME_SECTOR % size || count > GPT_COUNT_MAX)
		setup_refuse(E_FAT, "GPT damaged, size of its entries is", size);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = i * size % VOLUME_SECTOR;

		if (!at)
			sector_read(table + i * size / VOLUME_SECTOR, bytes);
		if (rd64(sector, at) == ESP_GUID_LOW && rd64(sector, at + 8) == ESP_GUID_HIGH)
			return gpt_extent(at, shift);
	}
	setup_refuse(E_NO_IMAGE, "no EFI system partition in the GPT, entries:", count);
}

static struct extent mbr_find(uint32_t shift)
{
	sector_read(0, bytes);
	for (uint32_t i = 0; i < MBR_COUNT; i++) {
		uint32_t at = MBR_TABLE + i * MBR_ENTRY;

		if (rd8(sector, at + MBR_TYPE) == MBR_TYPE_ESP)
			return (struct extent){ lba_scaled(rd32(sector, at + MBR_LBA), shift),
						lba_scaled(rd32(sector, at + MBR_SIZE), shift) };
	}
	setup_refuse(E_NO_IMAGE, "neither a GPT nor an EFI system partition in the MBR, found:", 0);
}

struct extent partition_find(uint32_t shift)
{
	sector_read(1u << shift, bytes);
	return rd64(sector, 0) == GPT_MAGIC ? gpt_find(shift) : mbr_find(shift);
}
