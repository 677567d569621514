/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory map: what the loader reported, what is in use, and where something fits.  One
 * list is input map, list of reservations, allocator and output map.
 * Pure; any world, any mode.
 */
#ifndef PROTOCOL_MAP_H
#define PROTOCOL_MAP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Types are E820's (ACPI 6.5, table 15.1); where ranges overlap, the higher number wins, as
 * in Linux.  0 is a hole: nothing was reported there.
 */
enum {
	MAP_HOLE = 0,
	MAP_RAM = 1,
	MAP_RESERVED = 2,
	MAP_ACPI = 3,
	MAP_NVS = 4,
	MAP_UNUSABLE = 5,
};

#define MAP_MAX 2048

/**
 * struct range - [base, end), bytes
 * @type: E820 number, MAP_HOLE where nothing was reported
 * @used: something of ours lies here; it never changes the type
 */
struct range {
	uint64_t base, end;
	uint32_t type;
	bool used;
};

/**
 * struct map - sorted, disjoint ranges; neighbours of equal type are merged
 */
struct map {
	uint32_t n;
	struct range r[MAP_MAX];
};

/**
 * struct fit - what map_find_low() and map_find_high() look for
 * @size:  bytes, at least 1
 * @align: power of two
 * @min:   lowest address of the first byte
 * @max:   the last byte lies below this
 */
struct fit {
	uint64_t size, align, min, max;
};

/**
 * map_add() - give [base, end) this type; where it has one already, the higher one stays
 *
 * Empty ranges are ignored.  Refuses (E_MAP_FULL) where the list is full:
 * nothing is ever dropped.  map_use() likewise.
 */
void map_add(struct map *m, uint64_t base, uint64_t end, uint32_t type);

/** map_use() - mark [base, end) used, whatever its type */
void map_use(struct map *m, uint64_t base, uint64_t end);

/** map_release() - remove all marks */
void map_release(struct map *m);

/** map_is_ram() - whether every byte of [base, end) is RAM, used or not */
bool map_is_ram(const struct map *m, uint64_t base, uint64_t end);

/** map_has_ram() - whether any byte of [base, end) is RAM, used or not */
bool map_has_ram(const struct map *m, uint64_t base, uint64_t end);

/** map_is_free() - whether every byte of [base, end) is RAM and none is used */
bool map_is_free(const struct map *m, uint64_t base, uint64_t end);

/** map_find_high() - the highest fitting address of free RAM, or 0 */
uint64_t map_find_high(const struct map *m, struct fit fit);

/** map_find_low() - the lowest fitting address of free RAM, or 0 */
uint64_t map_find_low(const struct map *m, struct fit fit);

/** map_top() - end of the highest RAM, 0 where there is none */
uint64_t map_top(const struct map *m);

/** map_total() - bytes of one type, used or not */
uint64_t map_total(const struct map *m, uint32_t type);

/**
 * map_next() - walk the map as it is reported to the kernel, free and used alike
 * @i: where to continue, 0 at first
 * @out: the next range, merged over used and unused neighbours
 * Return: false at the end
 */
bool map_next(const struct map *m, uint32_t *i, struct range *out);

/** map_ranges() - how many ranges map_next() gives */
uint32_t map_ranges(const struct map *m);

#endif
