// SPDX-License-Identifier: BSD-2-Clause
/*
 * The memory map.  Called by the readers, the planner and the writers.  Pure C for any
 * world; may touch only the map that it is given.
 */
#include "protocol/map.h"

#include "protocol/number.h"
#include "protocol/say.h"

/* The first range that ends above addr: ranges are sorted, so halve. */
static uint32_t find(const struct map *m, uint64_t addr)
{
	uint32_t low = 0, high = m->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (m->r[mid].end > addr)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static void insert(struct map *m, uint32_t at, struct range r)
{
	if (m->n == MAP_MAX)
		die(E_MAP_FULL, "memory map has more than %u ranges", MAP_MAX);
	for (uint32_t i = m->n; i > at; i--)
		m->r[i] = m->r[i - 1];
	m->r[at] = r;
	m->n++;
}

/* If addr lies inside a range, split the range there. */
static void split(struct map *m, uint64_t addr)
{
	uint32_t i = find(m, addr);

	if (i == m->n || m->r[i].base >= addr)
		return;
	insert(m, i, m->r[i]);
	m->r[i].end = addr;
	m->r[i + 1].base = addr;
}

static bool joins(const struct range *a, const struct range *b)
{
	return a->end == b->base && a->type == b->type && a->used == b->used;
}

/* Merge equal neighbours among ranges first..last and the one on either side. */
static void merge(struct map *m, uint32_t first, uint32_t last)
{
	uint32_t from = first ? first - 1 : 0, to = from;

	for (uint32_t i = from + 1; i < m->n; i++) {
		if (i <= last + 1 && joins(&m->r[to], &m->r[i]))
			m->r[to].end = m->r[i].end;
		else
			m->r[++to] = m->r[i];
	}
	if (m->n)
		m->n = to + 1;
}

/* Apply `add` to its addresses: raise the type of ranges that are there, and fill the holes. */
static void overlay(struct map *m, struct range add)
{
	uint64_t at = add.base;
	uint32_t first, i;

	if (add.base >= add.end)
		return;
	split(m, add.base);
	split(m, add.end);
	first = i = find(m, add.base);
	for (; at < add.end; i++) {
		if (i == m->n || m->r[i].base > at) {
			struct range gap = add;

			gap.base = at;
			gap.end = i == m->n ? add.end : lower(add.end, m->r[i].base);
			insert(m, i, gap);
		} else {
			if (m->r[i].type < add.type)
				m->r[i].type = add.type;
			m->r[i].used |= add.used;
		}
		at = m->r[i].end;
	}
	merge(m, first, i);
}

void map_add(struct map *m, uint64_t base, uint64_t end, uint32_t type)
{
	overlay(m, (struct range){ base, end, type, false });
}

void map_use(struct map *m, uint64_t base, uint64_t end)
{
	overlay(m, (struct range){ base, end, MAP_HOLE, true });
}

void map_release(struct map *m)
{
	uint32_t n = 0;

	/* A hole was only there for its mark. */
	for (uint32_t i = 0; i < m->n; i++)
		if (m->r[i].type != MAP_HOLE)
			m->r[n++] = m->r[i];
	m->n = n;
	for (uint32_t i = 0; i < n; i++)
		m->r[i].used = false;
	merge(m, 0, m->n);
}

/* Whether all of [base, end) is RAM and, if `free`, none of it is used. */
static bool covered(const struct map *m, uint64_t base, uint64_t end, bool free)
{
	for (uint32_t i = find(m, base); base < end; i++) {
		if (i == m->n || m->r[i].base > base || m->r[i].type != MAP_RAM)
			return false;
		if (free && m->r[i].used)
			return false;
		base = m->r[i].end;
	}
	return true;
}

bool map_is_ram(const struct map *m, uint64_t base, uint64_t end)
{
	return covered(m, base, end, false);
}

bool map_has_ram(const struct map *m, uint64_t base, uint64_t end)
{
	for (uint32_t i = 0; i < m->n; i++)
		if (m->r[i].type == MAP_RAM && m->r[i].base < end && base < m->r[i].end)
			return true;
	return false;
}

bool map_is_free(const struct map *m, uint64_t base, uint64_t end)
{
	return covered(m, base, end, true);
}

/* The lowest (or highest) address in one range that fits, or 0. */
static uint64_t fit_in(const struct range *r, struct fit fit, bool high)
{
	uint64_t base = higher(r->base, fit.min), end = lower(r->end, fit.max);
	uint64_t at;

	if (r->type != MAP_RAM || r->used || base >= end || end - base < fit.size)
		return 0;
	if (high) {
		at = (end - fit.size) & ~(fit.align - 1);
		return at >= base ? at : 0;
	}
	if (base > UINT64_MAX - (fit.align - 1))
		return 0;
	at = align_up(base, fit.align);
	return at < end && end - at >= fit.size ? at : 0;
}

uint64_t map_find_high(const struct map *m, struct fit fit)
{
	for (uint32_t i = m->n; i-- > 0;) {
		uint64_t at = fit_in(&m->r[i], fit, true);

		if (at)
			return at;
	}
	return 0;
}

uint64_t map_find_low(const struct map *m, struct fit fit)
{
	for (uint32_t i = 0; i < m->n; i++) {
		uint64_t at = fit_in(&m->r[i], fit, false);

		if (at)
			return at;
	}
	return 0;
}

uint64_t map_top(const struct map *m)
{
	for (uint32_t i = m->n; i-- > 0;)
		if (m->r[i].type == MAP_RAM)
			return m->r[i].end;
	return 0;
}

uint64_t map_total(const struct map *m, uint32_t type)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < m->n; i++)
		if (m->r[i].type == type)
			total += m->r[i].end - m->r[i].base;
	return total;
}

bool map_next(const struct map *m, uint32_t *i, struct range *out)
{
	while (*i < m->n && m->r[*i].type == MAP_HOLE)
		++*i;
	if (*i == m->n)
		return false;
	*out = m->r[*i];
	out->used = false;
	while (++*i < m->n && m->r[*i].base == out->end && m->r[*i].type == out->type)
		out->end = m->r[*i].end;
	return true;
}

uint32_t map_ranges(const struct map *m)
{
	struct range r;
	uint32_t n = 0;

	for (uint32_t i = 0; map_next(m, &i, &r);)
		n++;
	return n;
}
