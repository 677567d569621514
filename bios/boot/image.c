// SPDX-License-Identifier: BSD-2-Clause
/*
 * The image on the medium: where it lies, its bytes one after the other, and whether
 * they are the right ones.  On an ISO the host tool has told the place and the CRC-32; on
 * a disk it is a file, whose own PE checksum is all there is.
 * Called by boot_main(); real mode.
 */
#include "bios/boot/boot.h"
#include "bios/boot/volume.h"
#include "protocol/pe.h"

static uint32_t size, done;
static struct extent run;  /* what is being read */
static struct chain chain; /* and what follows it, of a file */
static struct piece piece;

void sector_read(uint32_t lba, uint8_t *to)
{
	uint32_t got, from = disk_read(lba, 1, &got);

	for (uint32_t i = 0; i < SECTOR_SIZE; i += sizeof(uint32_t)) {
		uint32_t word = far_read32((uint16_t)(from >> 4), (uint16_t)i);

		memcpy(to + i, &word, sizeof(word));
	}
}

static void file_open(void)
{
	struct entry file;

	fat_open(partition_find(sector_shift));
	fat_find_image(&file);
	size = file.size;
	/* Walk through it once, so that a damaged FAT is refused before much is read. */
	for (chain = fat_chain(&file); chain.left;)
		fat_extent(&chain);
	chain = fat_chain(&file);
}

void image_open(void)
{
	size = image_fields.size;
	run = (struct extent){ image_fields.lba, (size + SECTOR_SIZE - 1) / SECTOR_SIZE };
	if (!size)
		file_open();
	if (size <= PM_OFFSET)
		setup_refuse(E_NO_IMAGE, "no Lintel image, its size is", size);
}

uint32_t image_size(void)
{
	return size;
}

/* Up to @wanted bytes. */
static void piece_take(uint32_t wanted)
{
	uint32_t count = (wanted + SECTOR_SIZE - 1) / SECTOR_SIZE, got;

	if (!run.count)
		run = fat_extent(&chain);
	piece.from = disk_read(run.lba, count < run.count ? count : run.count, &got);
	piece.size = wanted < got * SECTOR_SIZE ? wanted : got * SECTOR_SIZE;
	high_call(image_fields.size ? high_take_crc : high_take_sum, &piece);
	run.lba += got;
	run.count -= got;
}

void image_take(uint32_t to, uint32_t bytes)
{
	for (piece.to = to; bytes; bytes -= piece.size) {
		piece_take(bytes);
		piece.to += piece.size;
		done += piece.size;
		progress_show(done, size);
	}
}

/* As the PE format has it: 16-bit words with carries, the field itself 0, plus the size. */
static uint32_t pe_checksum(uint32_t field)
{
	uint64_t sum = piece.sum - field;

	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)sum + size;
}

static void pe_check(void)
{
	uint32_t at = PE_OFFSET + sizeof(struct pe_header) +
		      offsetof(struct pe_optional_header64, CheckSum);
	uint32_t told = setup_get(at);

	/* A tool that signs may leave none. */
	if (told && pe_checksum(told) != told)
		setup_refuse(E_DATA, "the file was read wrong, its PE checksum is",
			     pe_checksum(told));
}

void image_check(void)
{
	progress_end();
	if (!image_fields.size)
		pe_check();
	else if (piece.crc != image_fields.crc)
		setup_refuse(E_DATA, "the image was read wrong, its CRC-32 is", piece.crc);
}
