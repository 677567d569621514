// SPDX-License-Identifier: BSD-2-Clause
/*
 * Changes where a file of an ISO 9660 file system (ECMA-119) lies: the image is stored once, in
 * the EFI system partition, and the CD's tree names the same bytes, for those who copy a CD's
 * files to a stick.  Called by `lintel iso`.
 */
#include "iso/media/tree.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "iso/allocate.h"
#include "iso/file.h"
#include "iso/media/media.h"
#include "iso/output.h"
#include "iso/put.h"
#include "iso/reject.h"
#include "protocol/span.h"

/* ECMA-119 8.4 and 9.1 */
#define DESCRIPTOR 16
#define ROOT_RECORD 156
#define RECORD 33u
#define RECORD_LBA 2
#define RECORD_SIZE 10
#define RECORD_NAME_LENGTH 32
#define DIRECTORY_MAX (1u << 20)

/** struct record - of a directory: where it stands, and of what */
struct record {
	uint64_t at;
	uint32_t lba, size;
};

static struct record read_record(struct span s, uint64_t at)
{
	return (struct record){ at, rd32(s, RECORD_LBA), rd32(s, RECORD_SIZE) };
}

/* Files have a version behind their name. */
static bool is_named(struct span record, const char *name)
{
	size_t n = strlen(name), length = rd8(record, RECORD_NAME_LENGTH);
	const char *stored = (const char *)record.p + RECORD;

	return record.len >= RECORD + length && length >= n && !memcmp(stored, name, n) &&
	       (length == n || stored[n] == ';');
}

/* A record is in one sector; a length of 0 means that the next sector goes on. */
static bool find_in(struct span all, const char *name, size_t *at)
{
	size_t length;

	for (*at = 0; *at < all.len; *at += length) {
		length = rd8(all, *at);
		if (length < RECORD)
			length = CD_SECTOR - *at % CD_SECTOR;
		else if (is_named(span_sub(all, *at, length), name))
			return true;
	}
	return false;
}

static struct record find(const struct file *iso, uint32_t base, struct record directory,
			  const char *name)
{
	struct record found;
	uint64_t at = (uint64_t)(base + directory.lba) * CD_SECTOR;
	uint8_t *bytes = allocate(directory.size);
	struct span all = { bytes, directory.size };
	size_t offset;

	if (directory.size > DIRECTORY_MAX)
		reject("xorriso", "made a directory of %u bytes: is it in order?", directory.size);
	file_read(iso, at, bytes, directory.size);
	if (!find_in(all, name, &offset))
		reject("xorriso", "made a CD without %s: is it in order?", name);
	found = read_record(span_from(all, offset), at + offset);
	free(bytes);
	return found;
}

/* The standard has each number in both orders of bytes. */
static void put_both(uint8_t *to, uint32_t value)
{
	put32(to, value);
	put32(to + 4, __builtin_bswap32(value));
}

static struct record find_boot(const struct file *iso, uint32_t base)
{
	uint8_t root[RECORD + 1];
	uint64_t at = (uint64_t)(base + DESCRIPTOR) * CD_SECTOR + ROOT_RECORD;
	struct record r;

	file_read(iso, at, root, sizeof(root));
	r = read_record((struct span){ root, sizeof(root) }, at);
	return find(iso, base, find(iso, base, r, "EFI"), "BOOT");
}

void tree_point(const struct output *to, const struct file *iso, uint32_t base, const char *name,
		uint64_t at, uint32_t size)
{
	uint8_t place[16];
	struct record r = find(iso, base, find_boot(iso, base), name);

	put_both(place, (uint32_t)(at / CD_SECTOR) - base);
	put_both(place + 8, size);
	output_write_at(to, r.at + RECORD_LBA, place, sizeof(place));
}

void tree_clear(const struct output *to, const struct file *iso, uint32_t base)
{
	static const uint8_t nothing[CD_SECTOR];
	struct record boot = find_boot(iso, base);
	uint64_t at = (uint64_t)(base + boot.lba) * CD_SECTOR;
	uint8_t length;

	/* Itself and its parent come first. */
	for (int i = 0; i < 2; i++) {
		file_read(iso, at, &length, 1);
		at += length;
	}
	output_write_at(to, at, nothing, CD_SECTOR - at % CD_SECTOR);
}
