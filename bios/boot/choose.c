// SPDX-License-Identifier: BSD-2-Clause
/*
 * The order in which the images of a disk are tried, and the lines about those that do not
 * start: EFI/Linux/NAME.efi from the newest to the oldest, one partition after the other,
 * then EFI/BOOT/BOOTX64.EFI of each, as on UEFI (efi/choose.c).
 * Called by boot_main(); pure, but for what partition.c and fat.c ask of the disk.
 */
#include "bios/boot/volume.h"
#include "protocol/lib.h"

/* Each try reads the whole directory, and the user should not wait for ever. */
#define TRIES_MAX 100
#define WHERE_MAX 280

/* The first and the last image that failed; if none starts, the refusal is about the first. */
static struct failed {
	struct failure why;
	char where[WHERE_MAX];
	bool is_said;
} first, last;

void choose_open(struct choice *c, uint32_t shift)
{
	*c = (struct choice){ .tries = 0 };
	partition_open(shift);
	first.why.error = last.why.error = 0;
}

/* Called only before something else is tried: a single failure has its line in the refusal. */
static void say_passed_over(struct failed *f)
{
	if (f->why.error && !f->is_said)
		say("lintel: %s is passed over: %s\n", f->where, f->why.text);
	f->is_said = true;
}

/* Note the reason; returns the note, in which the caller writes what failed. */
static struct failed *note_failure(void)
{
	struct failed *f = first.why.error ? &last : &first;

	say_passed_over(&first);
	say_passed_over(&last);
	f->why = failure;
	f->is_said = false;
	return f;
}

void choose_pass_over(const struct choice *c)
{
	struct failed *f = note_failure();

	format(f->where, sizeof(f->where), "EFI/%s/%s", c->is_fallback ? "BOOT" : "Linux",
	       c->file.name);
}

static void look(void *argument)
{
	struct choice *c = argument;
	struct entry next = c->file;

	c->file.name[0] = '\0';
	if (next.name[0] && (c->is_fallback || c->tries >= TRIES_MAX))
		return;
	if (!fat_open(partition_extent(&c->partition))) {
		if (c->partition.kind == PARTITION_ESP)
			die(E_FAT, "no FAT file system in it");
		return;
	}
	if (c->is_fallback ? fat_find_fallback(&next) : fat_find_next(&next))
		c->file = next;
}

/* After a damaged EFI/Linux, EFI/BOOT is still tried; a second line about the same damage
 * would not help. */
static void note_damage(const struct choice *c)
{
	struct failed *f;

	if (c->is_fallback && first.why.error)
		return;
	f = note_failure();
	format(f->where, sizeof(f->where), "the partition at sector 0x%x",
	       (uint32_t)c->partition.first);
}

static bool next_partition(struct choice *c)
{
	c->tries = 0;
	if (partition_next(&c->partition))
		return true;
	if (c->is_fallback)
		return false;
	c->is_fallback = true;
	c->partition = (struct partition){ 0 };
	return partition_next(&c->partition);
}

bool choose_next(struct choice *c)
{
	do {
		if (c->partition.index && !attempt(look, c))
			note_damage(c);
	} while (!c->file.name[0] && next_partition(c));
	if (!c->file.name[0])
		return false;
	c->tries++;
	say_passed_over(&first);
	say_passed_over(&last);
	return true;
}

void choose_refuse(void)
{
	if (!first.why.error)
		die(E_NO_IMAGE, "no EFI/Linux/*.efi and no EFI/BOOT/BOOTX64.EFI in any partition");
	say_passed_over(&last);
	die(first.why.error, "%s: %s", first.where, first.why.text);
}
