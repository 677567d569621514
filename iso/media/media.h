/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `lintel iso` and `lintel disk` share: other programs, an EFI system partition,
 * the boot loader for the BIOS.
 */
#ifndef ISO_MEDIA_MEDIA_H
#define ISO_MEDIA_MEDIA_H

#include "bios/boot/layout.h"
#include "iso/options.h"
#include "iso/tool.h"

#define MEDIA_SECTOR 512u
#define CD_SECTOR 2048u

/* bios.S: build/bios.bin */
extern const uint8_t bios_begin[], bios_end[];

/**
 * struct image_place - where an image lies on a medium, as the boot loader is told
 * @lba:  its first sector of 512 bytes
 * @size: in bytes
 */
struct image_place {
	uint32_t lba, size;
};

/** media_parse() - the options; returns the image's path, *@output is the other one's */
const char *media_parse(int argc, char **argv, const struct command *command, const char **output);

/** image_is_bare() - whether nothing is packed into an image; refuses a file that is none */
bool image_is_bare(const struct file *f);

/** image_check() - refuse a file that is no packed image */
void image_check(const struct file *f);

/** program_run() - run a program of the PATH that must succeed; @argv ends with NULL */
void program_run(const char *package, const char *const argv[]);

/**
 * esp_write() - make a FAT file system with the image as \EFI\BOOT\BOOTX64.EFI
 * @at:      where in the file it begins
 * @sectors: its size, of 512 bytes each
 * @option:  one more for mformat
 *
 * The file is as long already.
 */
void esp_write(const struct output *to, uint64_t at, uint64_t sectors, const char *option,
	       const struct file *image);

/** output_extend() - bytes up to @size, all 0, which take no room on most disks */
void output_extend(const struct output *o, uint64_t size);

/** esp_find_image() - the byte at which the image's bytes lie in @medium from @from on */
uint64_t esp_find_image(int medium, uint64_t from, const struct file *image);

/** bios_size() - bytes of the boot loader */
size_t bios_size(void);

/** bios_write_stage() - all of it but the first sector, at byte @at; it is told the @place */
void bios_write_stage(const struct output *to, uint64_t at, const struct image_place *place);

/** bios_write_el_torito() - all of it at byte @at, for a BIOS that starts it from a CD */
void bios_write_el_torito(const struct output *to, uint64_t at, const struct image_place *place);

/** bios_write_mbr() - the first sector but for the partition table; the stage is at @stage */
void bios_write_mbr(const struct output *to, uint64_t stage);

/** work_begin() - a file beside @path that never gets a name; goes when the tool ends */
struct output *work_begin(const char *path);

/** work_end() - it is no longer needed */
void work_end(struct output *work);

#endif
