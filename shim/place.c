// SPDX-License-Identifier: BSD-2-Clause
/*
 * Chooses the places of kernel, initrd and block.  Called by lintel_plan().  Pure C for any
 * ring and the host's tests; may touch the plan and the marks in the map.
 */
#include "shim/place.h"

#include "protocol/cpio.h"
#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/say.h"
#include "shim/face/layout.h"
#include "shim/leave.h"

/* Boot protocol 2.00 and 2.01 know boot_params at one place only. */
#define OLD_BOOT_PARAMS 0x90000
#define OLD_CMDLINE 0x91000
#define OLD_END (OLD_CMDLINE + PAGE)

static void add_move(struct plan *p, uint64_t to, uint64_t from, uint64_t size)
{
	if (size && to != from)
		p->move[p->moves++] = (struct move){ to, from, size };
}

static void use_blob(struct map *m, struct blob b)
{
	map_use(m, b.base, b.base + b.size);
}

void initrd_sort(struct handoff *h)
{
	uint32_t front = 0;

	for (uint32_t i = 0; i < h->initrds - h->extras; i++) {
		struct blob b = h->initrd[i];

		if (!cpio_is_early(span_at(b.base, b.size)))
			continue;
		for (uint32_t j = i; j > front; j--)
			h->initrd[j] = h->initrd[j - 1];
		h->initrd[front++] = b;
	}
}

/* ---- initrd ---- */

static uint64_t initrd_total(const struct handoff *h)
{
	uint64_t total = 0;

	for (uint32_t i = 0; i < h->initrds; i++)
		total = align_up(total, 4) + h->initrd[i].size;
	return total;
}

static bool overlaps(struct blob b, uint64_t base, uint64_t end)
{
	return b.base < end && base < b.base + b.size;
}

static bool has_zeros(uint64_t base, uint64_t end)
{
	struct span s = span_at(base, end - base);

	return s.len == end - base && span_is_zero(s);
}

/* Zeros between two archives are allowed, so two initrds with a small gap between them can stay,
 * if it is free or has zeros already, as in an image that Xen does not let us write over.  The
 * zeros are written before the kernel is moved, so its file may not be there. */
static bool joins(const struct map *m, struct blob a, struct blob b, struct blob kernel)
{
	uint64_t end = a.base + a.size;

	return b.base >= end && b.base - end < PAGE && b.base % 4 == 0 &&
	       !overlaps(kernel, end, b.base) &&
	       (map_is_free(m, end, b.base) ||
		(map_is_ram(m, end, b.base) && has_zeros(end, b.base)));
}

/* Whether the initrds can be used where they lie; marks their memory used. */
static bool initrd_stay(struct plan *p, struct handoff *h, const struct kernel *k)
{
	const struct blob *b = h->initrd;
	uint32_t last = h->initrds - 1;

	for (uint32_t i = 0; i < h->initrds; i++)
		use_blob(&h->map, b[i]);
	if (b[0].base % PAGE || b[last].base + b[last].size > k->initrd_max)
		return false;
	for (uint32_t i = 0; i < last; i++)
		if (!joins(&h->map, b[i], b[i + 1], k->file))
			return false;
	for (uint32_t i = 0; i < last; i++) {
		uint64_t end = b[i].base + b[i].size;

		if (map_is_free(&h->map, end, b[i + 1].base))
			add_move(p, end, MOVE_ZERO, b[i + 1].base - end);
		map_use(&h->map, end, b[i + 1].base);
	}
	p->initrd = (struct blob){ b[0].base, b[last].base + b[last].size - b[0].base };
	return true;
}

static bool initrd_go(struct plan *p, struct handoff *h, const struct kernel *k)
{
	uint64_t size = initrd_total(h), at;
	struct fit fit = { size, PAGE, MIB, k->initrd_max };

	for (uint32_t i = 0; i < h->initrds; i++)
		use_blob(&h->map, h->initrd[i]);
	use_blob(&h->map, k->file);
	at = map_find_high(&h->map, fit);
	if (!at)
		return false;
	p->initrd = (struct blob){ at, size };
	use_blob(&h->map, p->initrd);
	for (uint32_t i = 0; i < h->initrds; i++) {
		uint64_t aligned = align_up(at, 4);

		add_move(p, at, MOVE_ZERO, aligned - at);
		add_move(p, aligned, h->initrd[i].base, h->initrd[i].size);
		at = aligned + h->initrd[i].size;
	}
	return true;
}

/* ---- kernel ---- */

/* Where a kernel that is loaded at `load` runs: a bzImage moves itself up to this address. */
static uint64_t run_address(const struct kernel *k, uint64_t load)
{
	return k->relocatable ? higher(align_up(load, k->align), k->run) : k->run;
}

/* Whether all memory that a kernel at `load` will use is free; if so, marks it used. */
static bool kernel_fits(struct map *m, const struct kernel *k, uint64_t load)
{
	uint64_t run = run_address(k, load);

	for (uint32_t i = 0; i < k->segments; i++) {
		uint64_t base = load + k->segment[i].address, end = base + k->segment[i].memsz;

		if (end > k->load_max || !map_is_free(m, base, end))
			return false;
	}
	if (run > UINT64_MAX - k->init_size || !map_is_free(m, run, run + k->init_size))
		return false;
	for (uint32_t i = 0; i < k->segments; i++)
		use_blob(m, (struct blob){ load + k->segment[i].address, k->segment[i].memsz });
	map_use(m, run, run + k->init_size);
	return true;
}

static bool kernel_stay(struct plan *p, struct handoff *h, const struct kernel *k)
{
	p->load = k->file.base + k->segment[0].offset;
	/* Its code may have page tables that only work on page boundaries, if the file begins on
	 * one.  In somebody's UKI, sections begin at any multiple of 512 bytes. */
	return k->realigns && k->file.base % PAGE == 0 && kernel_fits(&h->map, k, p->load);
}

/* Order the moves so that none overwrites what a later one needs; false if some go up and
 * others down. */
static bool move_order(struct plan *p, uint32_t first)
{
	bool up = false, down = false;

	for (uint32_t i = first; i < p->moves; i++) {
		up |= p->move[i].to > p->move[i].from;
		down |= p->move[i].to < p->move[i].from;
	}
	for (uint32_t i = first; i < p->moves; i++)
		for (uint32_t j = i; j > first; j--) {
			struct move a = p->move[j - 1], b = p->move[j];

			if (up ? a.to >= b.to : a.to <= b.to)
				break;
			p->move[j - 1] = b;
			p->move[j] = a;
		}
	return !(up && down);
}

/* If some segments go up and others down, first move the file to a place that none of them
 * needs. */
static bool kernel_lift(struct plan *p, struct handoff *h, const struct kernel *k, uint32_t first)
{
	uint64_t at;

	use_blob(&h->map, k->file);
	at = map_find_high(&h->map, (struct fit){ k->file.size, PAGE, MIB, UINT64_MAX });
	if (!at)
		return false;
	map_use(&h->map, at, at + k->file.size);
	for (uint32_t i = first; i < p->moves; i++)
		p->move[i].from += at - k->file.base;
	for (uint32_t i = p->moves++; i > first; i--)
		p->move[i] = p->move[i - 1];
	p->move[first] = (struct move){ at, k->file.base, k->file.size };
	return true;
}

static bool kernel_go(struct plan *p, struct handoff *h, const struct kernel *k)
{
	struct fit fit = { higher(k->init_size, k->size), k->align, higher(MIB, k->run),
			   k->load_max };
	uint32_t first = p->moves;

	p->load = k->base;
	if (!kernel_fits(&h->map, k, p->load)) {
		p->load = k->relocatable ? map_find_low(&h->map, fit) : 0;
		if (!p->load || !kernel_fits(&h->map, k, p->load))
			return false;
	}
	for (uint32_t i = 0; i < k->segments; i++)
		add_move(p, p->load + k->segment[i].address, k->file.base + k->segment[i].offset,
			 k->segment[i].filesz);
	if (!move_order(p, first) && !kernel_lift(p, h, k, first))
		return false;
	for (uint32_t i = 0; i < k->segments; i++)
		add_move(p, p->load + k->segment[i].address + k->segment[i].filesz, MOVE_ZERO,
			 k->segment[i].memsz - k->segment[i].filesz);
	return true;
}

/* ---- both ---- */

struct attempt {
	bool move_kernel, move_initrd;
};

static bool plan_attempt(struct plan *p, struct handoff *h, const struct kernel *k,
			 struct attempt a)
{
	memset(p, 0, sizeof(*p));
	map_release(&h->map);
	handoff_mark_lasting(h);
	if (h->initrds && !a.move_initrd && !initrd_stay(p, h, k))
		return false;
	/* At boot the initrds are moved first, so the kernel may use their old memory ... */
	if (a.move_kernel ? !kernel_go(p, h, k) : !kernel_stay(p, h, k))
		return false;
	if (!h->initrds || !a.move_initrd)
		return true;
	/* ... and the kernel's moves, planned above, come after theirs. */
	struct move kernel[2 * KERNEL_SEGMENTS_MAX + 1];
	uint32_t n = p->moves;

	memcpy(kernel, p->move, n * sizeof(kernel[0]));
	p->moves = 0;
	if (!initrd_go(p, h, k))
		return false;
	memcpy(p->move + p->moves, kernel, n * sizeof(kernel[0]));
	p->moves += n;
	return true;
}

/* Whether there is RAM at all addresses of a kernel that is not relocatable. */
static bool has_ram(const struct handoff *h, const struct kernel *k)
{
	for (uint32_t i = 0; i < k->segments; i++) {
		uint64_t base = k->base + k->segment[i].address;

		if (!map_is_ram(&h->map, base, base + k->segment[i].memsz))
			return false;
	}
	return true;
}

_Noreturn static void refuse_memory(const struct handoff *h, const struct kernel *k)
{
	uint64_t kib = higher(k->init_size, k->size) >> 10;

	if (!k->relocatable && !has_ram(h, k))
		die(E_FIXED, "kernel %s must lie at %" X64 ", where %" U64 " KiB are not all RAM",
		    k->name, k->base, kib);
	die(E_MEMORY,
	    "kernel needs %" U64 " KiB from %" X64 " on and initrd %" U64
	    " KiB, the machine has %" U64 " KiB",
	    kib, k->run ? k->run : k->base, initrd_total(h) >> 10,
	    map_total(&h->map, MAP_RAM) >> 10);
}

/* If the kernel alone would fit, refuse with an error about the initrd. */
static void refuse_initrd(struct plan *p, struct handoff *h, const struct kernel *k)
{
	uint64_t size = initrd_total(h);
	uint32_t initrds = h->initrds;

	h->initrds = 0;
	if (initrds && plan_attempt(p, h, k, (struct attempt){ .move_kernel = true }))
		die(E_INITRD,
		    "no room for the initrd of %" U64 " KiB below %" X64 ", the machine has %" U64
		    " KiB",
		    size >> 10, k->initrd_max, map_total(&h->map, MAP_RAM) >> 10);
	h->initrds = initrds;
}

static void choose(struct plan *p, struct handoff *h, const struct kernel *k)
{
	bool kernel_first = k->file.size < initrd_total(h);
	const struct attempt attempt[] = { { false, false },
					   { kernel_first, !kernel_first },
					   { !kernel_first, kernel_first },
					   { true, true } };

	for (uint32_t i = 0; i < sizeof(attempt) / sizeof(attempt[0]); i++)
		if (plan_attempt(p, h, k, attempt[i]))
			return;
	refuse_initrd(p, h, k);
	refuse_memory(h, k);
}

/* A kernel of an old protocol has its boot_params below 1 MiB, so no block is near. */
static void place_old_params(struct plan *p, struct handoff *h, const struct kernel *k)
{
	if (!map_is_free(&h->map, OLD_BOOT_PARAMS, OLD_END))
		die(E_FIXED, "kernel %s needs boot_params at %x, which is not free RAM", k->name,
		    OLD_BOOT_PARAMS);
	map_use(&h->map, OLD_BOOT_PARAMS, OLD_END);
	p->boot_params = OLD_BOOT_PARAMS;
	p->cmdline = OLD_CMDLINE;
}

static void place_block(struct plan *p, struct handoff *h, const struct kernel *k, uint64_t size)
{
	if (h->block.size) {
		p->block = h->block;
		return;
	}
	p->block.base = map_find_high(&h->map, (struct fit){ size, PAGE, MIB, FOUR_GIB });
	p->block.size = size;
	if (!p->block.base)
		refuse_memory(h, k);
	use_blob(&h->map, p->block);
}

/* The kernel is told to keep the page, as it keeps the original. */
static void place_rsdp(struct plan *p, struct handoff *h)
{
	p->rsdp = p->block.base + LEAVE_RSDP;
	map_add(&h->map, p->rsdp, p->rsdp + PAGE, MAP_ACPI);
}

void place(struct plan *p, struct handoff *h, const struct kernel *k, struct blob image,
	   uint64_t block_size)
{
	choose(p, h, k);
	p->entry = p->load + k->entry;
	/* Block and boot_params are written before anything is moved, so they must not overlap
	 * image, files or initrds. */
	use_blob(&h->map, image);
	handoff_mark(h);
	if (k->version < 0x202)
		place_old_params(p, h, k);
	place_block(p, h, k, block_size);
	if (!p->boot_params) {
		p->boot_params = p->block.base + LEAVE_BOOT_PARAMS;
		p->cmdline = p->block.base + LEAVE_TEXT;
	}
	if (acpi_keeps_copy(h))
		place_rsdp(p, h);
}
