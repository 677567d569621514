/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The partition table of a disk: a GPT, its backup at the end, and the protective MBR.
 */
#ifndef ISO_MEDIA_GPT_H
#define ISO_MEDIA_GPT_H

#include <stdbool.h>
#include <stdint.h>

struct output;

#define GUID_SIZE 16

/**
 * struct gpt_disk - what it is about
 * @size:   in bytes
 * @sector: bytes of a sector, 512 or 4096
 * @active: whether the MBR's entry has the flag that some BIOSes want
 * @seed:   32 bytes from which the GUIDs are made
 */
struct gpt_disk {
	uint64_t size;
	uint32_t sector;
	bool active;
	const uint8_t *seed;
};

/**
 * struct gpt_partition - one of it
 * @type:    its GUID, as it is stored
 * @at, @end: bytes
 */
struct gpt_partition {
	const uint8_t *type;
	const char *name;
	uint64_t at, end;
};

/** gpt_first() - the byte behind the first GPT, at which a partition may begin */
uint64_t gpt_first(uint32_t sector);

/** gpt_write() - both tables and the MBR's entry; the MBR's code is not touched */
void gpt_write(const struct output *to, const struct gpt_disk *disk,
	       const struct gpt_partition *partitions, uint32_t count);

#endif
