// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads the drive that the BIOS started us from, by int 13h: with its extensions (AH=42h)
 * if the BIOS has them, else by cylinder, head and sector (AH=02h).
 * Called by the stage's other files; real mode.
 */
#include "bios/boot/boot.h"

#define DISK_RESET 0x0000
#define DISK_READ 0x0200
#define DISK_GEOMETRY 0x0800
#define DISK_READ_EXTENDED 0x4200
#define DISK_PARAMETERS 0x4800

#define TRIES 3
/* Some BIOSes read at most 127 sectors at once. */
#define COUNT_MAX 127
#define CYLINDERS_MAX 1024

/* "Disk address packet", what AH=42h wants at DS:SI. */
struct packet {
	uint8_t size, zero;
	uint16_t count;
	uint16_t offset, segment;
	uint64_t lba;
};

/* What AH=48h writes there. */
struct parameters {
	uint16_t size, flags;
	uint32_t cylinders, heads, track_sectors;
	uint64_t sectors;
	uint16_t sector_size;
} PACKED;

static uint32_t cylinders, heads, track_sectors;
static bool one_by_one;

void disk_open(void)
{
	struct bios_regs r = { .eax = DISK_GEOMETRY, .edx = sector_drive };

	if (sector_extensions)
		return;
	if (!bios_call(0x13, &r) || !(r.ecx & 63))
		die(E_READ, "the BIOS tells no geometry of drive 0x%x", sector_drive);
	cylinders = ((r.ecx >> 8 & 0xff) | (r.ecx & 0xc0) << 2) + 1;
	heads = (r.edx >> 8 & 0xff) + 1;
	track_sectors = r.ecx & 63;
}

void disk_forget(void)
{
	one_by_one = false;
}

uint64_t disk_sectors(void)
{
	struct parameters p = { .size = sizeof(p) };
	struct bios_regs r = { .eax = DISK_PARAMETERS, .edx = sector_drive, .esi = (uint32_t)&p };

	if (!sector_extensions)
		return (uint64_t)cylinders * heads * track_sectors;
	return bios_call(0x13, &r) ? p.sectors : 0;
}

static void reset_disk(void)
{
	struct bios_regs r = { .eax = DISK_RESET, .edx = sector_drive };

	bios_call(0x13, &r);
}

static bool read_extended(uint32_t lba, uint32_t count)
{
	struct packet packet = { .size = sizeof(packet),
				 .count = (uint16_t)count,
				 .segment = BOOT_BOUNCE >> 4,
				 .lba = lba };
	struct bios_regs r = { .eax = DISK_READ_EXTENDED,
			       .edx = sector_drive,
			       .esi = (uint32_t)&packet };

	return bios_call(0x13, &r);
}

static bool read_chs(uint32_t lba, uint32_t count)
{
	uint32_t track = lba / track_sectors, cylinder = track / heads;
	struct bios_regs r = { .eax = DISK_READ | count,
			       .ecx = (cylinder & 0xff) << 8 | (cylinder >> 2 & 0xc0) |
				      (lba % track_sectors + 1),
			       .edx = track % heads << 8 | sector_drive,
			       .es = BOOT_BOUNCE >> 4 };

	return cylinder < CYLINDERS_MAX && bios_call(0x13, &r);
}

/* How many of @count sectors from @lba on can be read at once. */
static uint32_t limit_count(uint32_t lba, uint32_t count)
{
	uint32_t most = BOOT_BOUNCE_SIZE >> (9 + sector_shift);

	if (most > COUNT_MAX)
		most = COUNT_MAX;
	if (!sector_extensions && most > track_sectors - lba % track_sectors)
		most = track_sectors - lba % track_sectors;
	if (one_by_one)
		most = 1;
	return count < most ? count : most;
}

static bool read_sectors(uint32_t lba, uint32_t count)
{
	for (uint32_t tries = 0; tries < TRIES; tries++) {
		if (sector_extensions ? read_extended(lba, count) : read_chs(lba, count))
			return true;
		reset_disk();
	}
	return false;
}

uint32_t disk_read(uint32_t lba, uint32_t count, uint32_t *got)
{
	uint32_t shift = sector_shift, before = lba & ((1u << shift) - 1);
	uint32_t first = lba >> shift;
	uint32_t n = limit_count(first, (before + count + (1u << shift) - 1) >> shift);

	if (!read_sectors(first, n)) {
		one_by_one = true; /* some drives fail large reads only */
		n = 1;
		if (!read_sectors(first, n))
			die(E_READ, "the medium cannot be read at sector 0x%x", first);
	}
	*got = (n << shift) - before;
	if (*got > count)
		*got = count;
	return BOOT_BOUNCE + before * SECTOR_SIZE;
}

void sector_read(uint32_t lba, uint8_t *to)
{
	uint32_t got;
	struct piece one = { .to = linear(to),
			     .from = disk_read(lba, 1, &got),
			     .size = SECTOR_SIZE };

	high_call(high_copy, &one);
}
