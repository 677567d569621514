// SPDX-License-Identifier: BSD-2-Clause
/*
 * `lintel iso`: a CD image that boots by itself, also from a USB stick, on a BIOS and on
 * UEFI.  xorriso makes it of the boot loader for the BIOS and a FAT file system for UEFI
 * with the image in it; then that image's place is written into the boot loader and into the
 * CD's own tree, so that the image is stored only once.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bios/boot/layout.h"
#include "iso/file.h"
#include "iso/media/bios.h"
#include "iso/media/esp.h"
#include "iso/media/media.h"
#include "iso/media/program.h"
#include "iso/media/tree.h"
#include "iso/output.h"
#include "iso/reject.h"
#include "iso/subcommands.h"
#include "protocol/number.h"
#include "protocol/span.h"

/* Free space of the ESP: OVMF keeps its variables there where it has no flash. */
#define ESP_SPARE MIB
/* ISO 9660 and El Torito: where the boot catalog's place is stored, and what is in it. */
#define BOOT_RECORD (17 * CD_SECTOR)
#define BOOT_RECORD_CATALOG 0x47
#define CATALOG_SIZE 0x80
#define CATALOG_BIOS 0x20
#define CATALOG_EFI 0x60
#define ENTRY_COUNT 6
#define ENTRY_LBA 8
/* The file system stands there twice: the second counts from its own partition. */
#define SECOND_TREE 16
#define SECOND_TREE_TEXT "16"

static const struct command command = {
	"iso",
	"usage: lintel iso --output=OS.iso [OPTION]... OS.efi\n\n"
	"Make a CD image of an image of `lintel build`.  It boots from a CD and, written\n"
	"with dd, from a USB stick or disk, on a BIOS and on UEFI.  Needs xorriso.\n\n"
	"  --output=OS.iso          the CD image\n"
	"  --ia32=FILE              what 32-bit UEFI starts: \\EFI\\BOOT\\BOOTIA32.EFI\n",
};

static const struct option names[] = {
	MEDIA_OPTIONS,
	{ NULL, 0, NULL, 0 },
};

/* Each of the two FATs takes at most a 64th of the data.  @places: where the files lie in it. */
static void make_esp(const struct output *to, const struct media *m, uint64_t places[2])
{
	struct digest seed = media_seed(m);
	uint64_t size = m->image->size + (m->ia32 ? m->ia32->size : 0);
	struct esp esp = { .sector = MEDIA_SECTOR,
			   .image = m->image,
			   .ia32 = m->ia32,
			   .id = rd32((struct span){ seed.bytes, seed.size }, 0),
			   .time = media_time() };

	esp.size = (size + size / 32 + ESP_SPARE) / CD_SECTOR * CD_SECTOR;
	if (esp.size < ESP_SIZE_MIN)
		esp.size = ESP_SIZE_MIN;
	output_extend(to, esp.size);
	esp_write(to, &esp, places);
}

/* The files of the tree have no bytes yet: @empty. */
static void make_iso(const struct output *iso, const struct output *esp, const struct output *bios,
		     const struct output *empty, bool has_ia32)
{
	char graft[64], x64[64], ia32[64], time[24];

	output_write(bios, bios_begin, bios_size());
	/* "=" in front of seconds since 1970 */
	snprintf(time, sizeof(time), "=%llu", (unsigned long long)media_time());
	snprintf(graft, sizeof(graft), "/boot/bios.bin=%s", program_output(bios));
	snprintf(x64, sizeof(x64), "/EFI/BOOT/BOOTX64.EFI=%s", program_output(empty));
	snprintf(ia32, sizeof(ia32), "/EFI/BOOT/BOOTIA32.EFI=%s", program_output(empty));
	/* A partition for the ISO 9660 file system too, and active: some BIOSes want one. */
	program_run("xorriso", iso,
		    (const char *const[]){ "xorriso",
					   "-report_about",
					   "WARNING",
					   "-as",
					   "mkisofs",
					   "-quiet",
					   "-r", /* no owner, no mode of this machine */
					   "-V",
					   "LINTEL",
					   "-graft-points",
					   "-c",
					   "/boot/boot.cat",
					   "-b",
					   "/boot/bios.bin",
					   "-no-emul-boot",
					   "-boot-load-size",
					   "4",
					   "-eltorito-alt-boot",
					   "-append_partition",
					   "2",
					   "0xef",
					   program_output(esp),
					   "-e",
					   "--interval:appended_partition_2:all::",
					   "-no-emul-boot",
					   "--set_all_file_dates",
					   time,
					   "--mbr-force-bootable",
					   "-partition_offset",
					   SECOND_TREE_TEXT,
					   "-o",
					   program_output(iso),
					   graft,
					   x64,
					   has_ia32 ? ia32 : NULL,
					   NULL });
}

/* Where the boot catalog says that an entry's bytes begin. */
static uint64_t find_entry(const struct file *iso, const uint8_t *catalog, uint32_t entry)
{
	uint64_t at = (uint64_t)rd32((struct span){ catalog, CATALOG_SIZE }, entry + ENTRY_LBA) *
		      CD_SECTOR;

	if (!at || at >= iso->size)
		reject("xorriso", "made a boot catalog with an entry at byte %llu: is it in order?",
		       (unsigned long long)at);
	return at;
}

/* @places: of the files in the EFI system partition. */
static void patch_iso(const struct output *to, const struct file *iso, const struct media *m,
		      const uint64_t places[2])
{
	uint8_t lba[4], catalog[CATALOG_SIZE];
	uint64_t at, bios, esp;
	struct image_place place;

	file_read(iso, BOOT_RECORD + BOOT_RECORD_CATALOG, lba, sizeof(lba));
	at = (uint64_t)rd32((struct span){ lba, sizeof(lba) }, 0) * CD_SECTOR;
	file_read(iso, at, catalog, sizeof(catalog));
	bios = find_entry(iso, catalog, CATALOG_BIOS);
	esp = find_entry(iso, catalog, CATALOG_EFI);
	place.lba = (uint32_t)((esp + places[0]) / MEDIA_SECTOR);
	place.size = (uint32_t)m->image->size;
	bios_write_el_torito(to, bios, &place);
	bios_write_mbr(to, bios + STAGE_OFFSET, MEDIA_SECTOR);
	/* 16 bits of sectors are not always enough; 0 is "to the end of the CD" (UEFI 13.3). */
	output_write_at(to, at + CATALOG_EFI + ENTRY_COUNT, (const uint8_t[]){ 0, 0 }, 2);
	tree_point(to, iso, 0, "BOOTX64.EFI", esp + places[0], place.size);
	if (m->ia32)
		tree_point(to, iso, 0, "BOOTIA32.EFI", esp + places[1], (uint32_t)m->ia32->size);
	/* The second tree's partition ends before the image begins. */
	tree_clear(to, iso, SECOND_TREE);
}

/* xorriso puts the time at which it runs into the CD, if it is not told another one. */
static void set_time(void)
{
	char seconds[24];

	snprintf(seconds, sizeof(seconds), "%llu", (unsigned long long)media_time());
	setenv("SOURCE_DATE_EPOCH", seconds, 1);
}

static void drop(struct output *o)
{
	output_finish(o);
	output_drop(o);
}

int iso_main(int argc, char **argv)
{
	struct media m = media_parse(argc, argv, &command, names);
	struct output *iso, *esp, *bios, *empty;
	uint64_t places[2];

	media_check(m.image);
	set_time();
	iso = output_begin(m.output);
	esp = output_begin(m.output);
	bios = output_begin(m.output);
	empty = output_begin(m.output);
	make_esp(esp, &m, places);
	make_iso(iso, esp, bios, empty, m.ia32);
	patch_iso(iso, file_open(iso->temporary), &m, places);
	drop(esp);
	drop(bios);
	drop(empty);
	output_finish(iso);
	outputs_commit(&iso, 1);
	return STATUS_DONE;
}
