// SPDX-License-Identifier: BSD-2-Clause
/*
 * `lintel disk`: a raw disk image that boots by itself on a BIOS and on UEFI.  Its EFI
 * system partition has the image as a file; the boot loader for the BIOS, in a
 * partition of its own, looks for it there at every boot, so that an update is a copy.
 */
#include "iso/file.h"
#include "iso/media/bios.h"
#include "iso/media/esp.h"
#include "iso/media/media.h"
#include "iso/media/program.h"
#include "iso/output.h"
#include "iso/reject.h"
#include "iso/subcommands.h"

#define SECTORS_OF(bytes) ((bytes) / MEDIA_SECTOR)
#define MIB (1u << 20)
/* The boot loader lies after the GPT, the ESP where partitions usually begin. */
#define BIOS_AT (34ull * MEDIA_SECTOR)
#define ESP_AT MIB
/* Room for two more images; FAT32 has 65525 clusters at least, and two tables of them. */
#define ESP_SPARE (64ull * MIB)
#define ESP_IMAGES 3
/* With a bare image: space for the images that the user copies there later. */
#define ESP_SPARE_BARE (512ull * MIB)
/* After the last partition: the second GPT. */
#define DISK_SPARE MIB

static const struct command command = {
	"disk",
	"usage: lintel disk --output=OS.img OS.efi\n\n"
	"Make a raw disk image of an image of `lintel build`.  It boots on a BIOS and on\n"
	"UEFI.  To update it, copy the new image over \\EFI\\BOOT\\BOOTX64.EFI in its EFI\n"
	"system partition; a BIOS machine prefers the newest \\EFI\\Linux\\NAME.efi.  With a\n"
	"bare lintel.efi instead of OS.efi, UEFI starts the newest of these too.  Needs gdisk\n"
	"and mtools.\n\n"
	"  --output=OS.img          the disk image\n",
};

static void make_partitions(const struct output *disk)
{
	program_run("gdisk",
		    (const char *const[]){ "sgdisk", "--set-alignment=1", "--new=1:34:2047",
					   "--typecode=1:ef02", "--change-name=1:BIOS boot",
					   "--new=2:2048:-0", "--typecode=2:ef00",
					   "--change-name=2:EFI system", disk->temporary, NULL });
}

int disk_main(int argc, char **argv)
{
	/* No place and no size: the boot loader looks for the file. */
	static const struct image_place nowhere;
	const char *path = NULL;
	const struct file *image = file_open(media_parse(argc, argv, &command, &path));
	uint64_t spare = media_is_bare(image) ? ESP_SPARE_BARE : ESP_SPARE;
	uint64_t esp = (ESP_IMAGES * image->size + spare) / MIB * MIB;
	struct output *disk;

	disk = output_begin(path);
	output_extend(disk, ESP_AT + esp + DISK_SPARE);
	make_partitions(disk);
	esp_write(disk, ESP_AT, SECTORS_OF(esp), "-F", image);
	bios_write_stage(disk, BIOS_AT, &nowhere);
	bios_write_mbr(disk, BIOS_AT);
	output_finish(disk);
	output_commit(disk);
	return STATUS_DONE;
}
