/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot loader for the BIOS, on a medium.
 */
#ifndef ISO_MEDIA_BIOS_H
#define ISO_MEDIA_BIOS_H

#include <stddef.h>
#include <stdint.h>

struct output;

/* bios.S: build/bios.bin */
extern const uint8_t bios_begin[], bios_end[];

/**
 * struct image_place - where an image lies on a medium, for the boot loader
 * @lba:  its first sector of 512 bytes
 * @size: in bytes
 */
struct image_place {
	uint32_t lba, size;
};

/** bios_size() - bytes of the boot loader */
size_t bios_size(void);

/** bios_write_stage() - all of it but the first sector, at byte @at, with @place filled in */
void bios_write_stage(const struct output *to, uint64_t at, const struct image_place *place);

/** bios_write_el_torito() - all of it at byte @at, for a BIOS that starts it from a CD */
void bios_write_el_torito(const struct output *to, uint64_t at, const struct image_place *place);

/** bios_write_mbr() - the first sector but for the partition table, of a medium with sectors of
 *  @size bytes; the stage is at byte @stage */
void bios_write_mbr(const struct output *to, uint64_t stage, uint32_t size);

#endif
