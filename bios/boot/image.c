// SPDX-License-Identifier: BSD-2-Clause
/*
 * An image on the medium: reads its bytes in order, and checks that they are right.  On an
 * ISO the host tool has written its place into this stage, on a disk it is a file; the
 * checksum is in the image.
 * Called by boot.c, for one image after the other; real mode.
 */
#include "bios/boot/boot.h"
#include "bios/boot/sum.h"

static uint32_t size, done;
static struct extent run;  /* what is being read */
static struct chain chain; /* in a file: what follows */
static struct piece piece;

void image_open(const struct entry *file)
{
	size = file ? file->size : image_fields.size;
	run = (struct extent){ image_fields.lba, (size + SECTOR_SIZE - 1) / SECTOR_SIZE };
	if (file) {
		run.count = 0;
		chain = fat_chain(file);
	}
	if (size <= PM_OFFSET)
		die(E_NO_IMAGE, "no Lintel image, its size is 0x%x", size);
	done = 0;
	high_call(high_sum_begin, NULL);
	disk_forget();
}

uint32_t image_size(void)
{
	return size;
}

/* Read a piece of at most @wanted bytes. */
static void take_piece(uint32_t wanted)
{
	uint32_t count = (wanted + SECTOR_SIZE - 1) / SECTOR_SIZE, got;

	if (!run.count)
		run = fat_extent(&chain);
	piece.from = disk_read(run.lba, count < run.count ? count : run.count, &got);
	piece.size = wanted < got * SECTOR_SIZE ? wanted : got * SECTOR_SIZE;
	high_call(high_copy, &piece);
	run.lba += got;
	run.count -= got;
}

/* The checksum does not cover a signature, which follows these bytes. */
static void sum_piece(uint32_t sum_size)
{
	struct piece part = piece;

	if (done + part.size > sum_size)
		part.size = sum_size > done ? sum_size - done : 0;
	high_call(high_sum, &part);
}

void image_take_setup(void)
{
	uint32_t kept[SUM_SKIPPED];

	piece.to = BOOT_SETUP_SEGMENT << 4;
	for (; done < PM_OFFSET; done += piece.size, piece.to += piece.size)
		take_piece(PM_OFFSET - done);
	for (uint32_t i = 0; i < SUM_SKIPPED; i++) {
		kept[i] = setup_get(sum_skipped[i]);
		setup_put(sum_skipped[i], 0);
	}
	piece = (struct piece){ .to = BOOT_SETUP_SEGMENT << 4, .size = PM_OFFSET };
	high_call(high_sum, &piece);
	for (uint32_t i = 0; i < SUM_SKIPPED; i++)
		setup_put(sum_skipped[i], kept[i]);
}

void image_take_rest(uint32_t place)
{
	uint32_t sum_size = setup_get(IMAGE_SUM_SIZE_OFFSET);

	for (piece.to = place; done < size; done += piece.size, piece.to += piece.size) {
		take_piece(size - done);
		sum_piece(sum_size);
		progress_show(done, size);
	}
}

void image_check(void)
{
	uint64_t value;

	progress_end();
	high_call(high_sum_value, &value);
	if ((uint32_t)value != setup_get(IMAGE_SUM_OFFSET) ||
	    (uint32_t)(value >> 32) != setup_get(IMAGE_SUM_OFFSET + 4))
		die(E_DATA, "the image was read wrong, its checksum is 0x%x", (uint32_t)value);
}
