/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The EFI system partition of a medium.
 */
#ifndef ISO_MEDIA_ESP_H
#define ISO_MEDIA_ESP_H

#include <stdint.h>

struct file;
struct output;

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

/** esp_find_image() - the byte at which the image's bytes lie in @medium from @from on */
uint64_t esp_find_image(int medium, uint64_t from, const struct file *image);

#endif
