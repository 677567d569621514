// SPDX-License-Identifier: BSD-2-Clause
/*
 * `lintel disk`: a raw disk image that boots by itself on a BIOS and on UEFI.  Its EFI
 * system partition has the image as a file; the boot loader for the BIOS, in a
 * partition of its own, looks for it there at every boot, so that an update is a copy.
 */
#include "iso/file.h"
#include "iso/media/bios.h"
#include "iso/media/esp.h"
#include "iso/media/gpt.h"
#include "iso/media/media.h"
#include "iso/output.h"
#include "iso/reject.h"
#include "iso/subcommands.h"
#include "protocol/number.h"
#include "protocol/span.h"

/* The boot loader lies after the GPT, the ESP where partitions usually begin. */
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
	"usage: lintel disk --output=OS.img [OPTION]... OS.efi\n\n"
	"Make a raw disk image of an image of `lintel build`.  It boots on a BIOS and on\n"
	"UEFI.  To update it, copy the new image over \\EFI\\BOOT\\BOOTX64.EFI in its EFI\n"
	"system partition; a BIOS machine prefers the newest \\EFI\\Linux\\NAME.efi.  With a\n"
	"bare lintel.efi instead of OS.efi, UEFI starts the newest of these too.\n\n"
	"  --output=OS.img          the disk image\n"
	"  --ia32=FILE              what 32-bit UEFI starts: \\EFI\\BOOT\\BOOTIA32.EFI\n"
	"  --sector-size=512|4096   of the disk that it is for; 512 if nothing is said\n"
	"  --active                 an active partition in the MBR, which some BIOSes want\n"
	"                           and some UEFI machines refuse\n",
};

static const struct option names[] = {
	MEDIA_OPTIONS,
	{ "sector-size", required_argument, NULL, 's' },
	{ "active", no_argument, NULL, 'a' },
	{ NULL, 0, NULL, 0 },
};

/* 21686148-6449-6E6F-744E-656564454649 and C12A7328-F81F-11D2-BA4B-00A0C93EC93B */
static const uint8_t bios_boot[] = "Hah!IdontNeedEFI";
static const uint8_t efi_system[] = "\x28\x73\x2a\xc1\x1f\xf8\xd2\x11"
				    "\xba\x4b\x00\xa0\xc9\x3e\xc9\x3b";

static void write_partitions(const struct output *to, const struct media *m, uint64_t esp,
			     const uint8_t *seed)
{
	const struct gpt_disk disk = { .size = ESP_AT + esp + DISK_SPARE,
				       .sector = m->sector,
				       .active = m->active,
				       .seed = seed };
	const struct gpt_partition partitions[] = {
		{ bios_boot, "BIOS boot", gpt_first(m->sector), ESP_AT },
		{ efi_system, "EFI system", ESP_AT, ESP_AT + esp },
	};

	output_extend(to, disk.size);
	gpt_write(to, &disk, partitions, 2);
}

int disk_main(int argc, char **argv)
{
	/* No place and no size: the boot loader looks for the file. */
	static const struct image_place nowhere;
	struct media m = media_parse(argc, argv, &command, names);
	uint64_t spare = media_is_bare(m.image) ? ESP_SPARE_BARE : ESP_SPARE, places[2];
	uint64_t files = m.image->size + (m.ia32 ? m.ia32->size : 0);
	struct digest seed = media_seed(&m);
	struct esp esp = { .at = ESP_AT,
			   .size = (ESP_IMAGES * files + spare) / MIB * MIB,
			   .sector = m.sector,
			   .image = m.image,
			   .ia32 = m.ia32,
			   .id = rd32((struct span){ seed.bytes, seed.size }, 0),
			   .time = media_time() };
	struct output *disk = output_begin(m.output);

	write_partitions(disk, &m, esp.size, seed.bytes);
	esp_write(disk, &esp, places);
	bios_write_stage(disk, gpt_first(m.sector), &nowhere);
	bios_write_mbr(disk, gpt_first(m.sector), m.sector);
	output_finish(disk);
	outputs_commit(&disk, 1);
	return STATUS_DONE;
}
