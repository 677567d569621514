// SPDX-License-Identifier: BSD-2-Clause
/*
 * Puts the boot loader for the BIOS (bios/boot/) onto a medium and fills in where things
 * lie there.  Called by `lintel iso` and `lintel disk`.
 */
#include "iso/media/bios.h"

#include <stdlib.h>
#include <string.h>

#include "bios/boot/layout.h"
#include "iso/allocate.h"
#include "iso/media/media.h"
#include "iso/output.h"
#include "iso/put.h"
#include "protocol/span.h"

#define CD_SHIFT 2 /* sectors of 512 << 2 bytes */

size_t bios_size(void)
{
	return (size_t)(bios_end - bios_begin);
}

/* The stage is read by whole sectors of @size bytes; what follows it is zero. */
static void fill_first_sector(uint8_t *sector, uint64_t stage, uint8_t shift, uint32_t size)
{
	size_t length = (bios_size() - STAGE_OFFSET + size - 1) / size * size;

	put32(sector + SECTOR_STAGE_LBA, (uint32_t)(stage / MEDIA_SECTOR));
	put16(sector + SECTOR_STAGE_COUNT, (uint16_t)(length / MEDIA_SECTOR));
	sector[SECTOR_TOLD_SHIFT] = shift;
}

/* The first sector's code adds up the stage's words and stops where the sum is wrong. */
static void fill_stage(uint8_t *stage, size_t size, const struct image_place *place)
{
	uint32_t sum = STAGE_SUM_VALUE;

	put32(stage + STAGE_IMAGE_LBA, place->lba);
	put32(stage + STAGE_IMAGE_SIZE, place->size);
	for (size_t off = 0; off < size; off += 4)
		sum -= rd32((struct span){ stage, size }, off);
	put32(stage + STAGE_SUM, sum);
}

void bios_write_stage(const struct output *to, uint64_t at, const struct image_place *place)
{
	size_t size = bios_size() - STAGE_OFFSET;
	uint8_t *stage = allocate(size);

	memcpy(stage, bios_begin + STAGE_OFFSET, size);
	fill_stage(stage, size, place);
	output_write_at(to, at, stage, size);
	free(stage);
}

void bios_write_el_torito(const struct output *to, uint64_t at, const struct image_place *place)
{
	uint8_t sector[SECTOR_OURS];

	memcpy(sector, bios_begin, sizeof(sector));
	fill_first_sector(sector, at + STAGE_OFFSET, CD_SHIFT, CD_SECTOR);
	output_write_at(to, at, sector, sizeof(sector));
	bios_write_stage(to, at + STAGE_OFFSET, place);
}

void bios_write_mbr(const struct output *to, uint64_t stage, uint32_t size)
{
	uint8_t sector[SECTOR_OURS];

	memcpy(sector, bios_begin, sizeof(sector));
	fill_first_sector(sector, stage, 0, size);
	output_write_at(to, 0, sector, sizeof(sector));
}
