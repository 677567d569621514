/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The EFI system partition of a medium.
 */
#ifndef ISO_MEDIA_ESP_H
#define ISO_MEDIA_ESP_H

#include <stdint.h>

struct file;
struct output;

/* On all media files begin at such a multiple, as far as the partition does. */
#define ESP_ALIGNMENT 4096u
/* With fewer bytes it would be FAT12, which bios/boot/ does not read. */
#define ESP_SIZE_MIN (2200u << 10)

/**
 * struct esp - what is to be written
 * @at:     byte of the output at which it begins
 * @size:   in bytes
 * @sector: bytes of the medium's sectors, 512 or 4096
 * @image:  the file that becomes \EFI\BOOT\BOOTX64.EFI
 * @ia32:   the one that becomes BOOTIA32.EFI beside it; NULL for none
 * @id:     the volume's serial number
 * @time:   of its files, in seconds since 1970
 */
struct esp {
	uint64_t at, size;
	uint32_t sector;
	const struct file *image, *ia32;
	uint32_t id;
	uint64_t time;
};

/**
 * esp_write() - make the FAT file system
 * @places: gets the bytes of the output at which image and ia32 begin, each in one piece
 *
 * The output is as long already, and zero there.
 */
void esp_write(const struct output *to, const struct esp *esp, uint64_t places[2]);

#endif
