// SPDX-License-Identifier: BSD-2-Clause
/*
 * The plan, checked by carrying it out on a model of memory: random machines and
 * handoffs from fixed seeds; every page of kernel and initrd must arrive, in RAM,
 * and nothing may lie where something else is.
 */
#include "shim/place.h"
#include "test/unit/check.h"

#define PAGE_SIZE 4096ull
#define MIB 0x100000ull
#define PAGES 24576 /* 96 MiB */
#define KERNEL_TAG 0x1000000u
#define INITRD_TAG 0x2000000u
#define KEEP_TAG 0x80000000u

static struct handoff h;
static struct kernel k;
static struct plan p;
static uint32_t memory[PAGES], before[PAGES];
static uint64_t seed;

static uint32_t below(uint32_t n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(seed >> 33) % n;
}

static void fill(struct blob b, uint32_t tag)
{
	for (uint64_t i = 0; i < b.size / PAGE_SIZE; i++)
		memory[b.base / PAGE_SIZE + i] = tag + (uint32_t)i;
}

/* A machine with a hole or a reserved range or two, and RAM else. */
static void make_machine(uint32_t pages)
{
	handoff_init(&h, "test");
	memset(memory, 0, sizeof(memory));
	map_add(&h.map, 0, 0x9f000, MAP_RAM);
	map_add(&h.map, MIB, pages * PAGE_SIZE, MAP_RAM);
	for (uint32_t i = 0; i < below(3); i++) {
		uint64_t at = (512 + below(pages)) * PAGE_SIZE;

		map_add(&h.map, at, at + (1 + below(64)) * PAGE_SIZE, MAP_RESERVED);
	}
}

/* A free stretch of RAM, marked used; size 0 where none was found. */
static struct blob random_blob(uint32_t most)
{
	struct blob b = { 0 };

	for (int tries = 0; tries < 50 && !b.size; tries++) {
		uint64_t base = (256 + below(PAGES - 256)) * PAGE_SIZE;
		uint64_t size = (1 + below(most)) * PAGE_SIZE;

		if (map_is_free(&h.map, base, base + size))
			b = (struct blob){ base, size };
	}
	map_use(&h.map, b.base, b.base + b.size);
	return b;
}

static void make_bzimage(struct blob file)
{
	k = (struct kernel){ .kind = KERNEL_BZIMAGE,
			     .file = file,
			     .version = 0x20f,
			     .bits = 64,
			     .align = 1ull << (12 + below(10)),
			     .run = (1 + below(16)) * MIB,
			     .load_max = UINT64_MAX,
			     .initrd_max = below(2) ? UINT64_MAX : 64 * MIB,
			     .segments = 1 };
	k.relocatable = k.realigns = below(3) != 0;
	k.base = k.relocatable ? k.run : MIB;
	k.segment[0] = (struct segment){ PAGE_SIZE, file.size - PAGE_SIZE, 0,
					 file.size - PAGE_SIZE };
	k.init_size = file.size * (1 + below(4));
}

static void make_elf(struct blob file)
{
	uint64_t half = file.size / 2 & ~(PAGE_SIZE - 1), to = (1 + below(40)) * MIB;

	k = (struct kernel){ .kind = KERNEL_ELF,
			     .file = file,
			     .version = 0x20f,
			     .bits = 64,
			     .align = PAGE_SIZE,
			     .relocatable = below(2),
			     .load_max = 0x100000000,
			     .initrd_max = UINT64_MAX,
			     .segments = 2 };
	k.segment[0] = (struct segment){ 0, half, to, half };
	/* Behind the first one, or before it: then the moves may go both ways. */
	to = below(2) || to < 2 * MIB + file.size ? to + half + below(64) * PAGE_SIZE :
						    to - file.size - 16 * PAGE_SIZE;
	k.segment[1] = (struct segment){ half, file.size - half, to,
					 file.size - half + below(16) * PAGE_SIZE };
	k.base = k.segment[0].address < to ? k.segment[0].address : to;
	for (uint32_t i = 0; i < 2; i++) {
		k.segment[i].address -= k.base;
		if (k.segment[i].address + k.segment[i].memsz > k.size)
			k.size = k.segment[i].address + k.segment[i].memsz;
	}
	k.entry = k.segment[0].address;
}

static void carry_out(void)
{
	for (uint32_t i = 0; i < p.moves; i++) {
		struct move *m = &p.move[i];
		uint64_t to = m->to / PAGE_SIZE, from = m->from / PAGE_SIZE;

		CHECK(map_is_ram(&h.map, m->to, m->to + m->size));
		if (m->from == MOVE_ZERO && m->size % PAGE_SIZE == 0)
			memset(&memory[to], 0, m->size / PAGE_SIZE * sizeof(memory[0]));
		else if (m->from != MOVE_ZERO)
			memmove(&memory[to], &memory[from],
				m->size / PAGE_SIZE * sizeof(memory[0]));
	}
}

static bool overlap(struct blob a, struct blob b)
{
	return a.size && b.size && a.base < b.base + b.size && b.base < a.base + a.size;
}

static void check_kernel(void)
{
	for (uint32_t s = 0; s < k.segments; s++) {
		uint64_t to = k.segment[s].address + p.load;

		for (uint64_t i = 0; i < k.segment[s].memsz / PAGE_SIZE; i++) {
			uint32_t tag = memory[to / PAGE_SIZE + i];
			uint64_t off = k.segment[s].offset / PAGE_SIZE + i;

			CHECK_EQUAL(tag,
				    i < k.segment[s].filesz / PAGE_SIZE ? KERNEL_TAG + off : 0);
		}
		CHECK(!overlap(p.block, (struct blob){ to, k.segment[s].memsz }));
		CHECK(!overlap(p.initrd, (struct blob){ to, k.segment[s].memsz }));
	}
}

/* What the kernel will write to before it reads the map. */
static struct blob run_place(void)
{
	uint64_t at = (p.load + k.align - 1) & ~(k.align - 1);

	return (struct blob){ !k.relocatable || at < k.run ? k.run : at, k.init_size };
}

static void check_run(void)
{
	struct blob run = run_place();

	CHECK(map_is_ram(&h.map, run.base, run.base + run.size));
	CHECK(!overlap(run, p.block));
	CHECK(!overlap(run, p.initrd));
}

static void check_initrd(void)
{
	uint64_t page = p.initrd.base / PAGE_SIZE;

	CHECK(p.initrd.base + p.initrd.size <= k.initrd_max);
	for (uint32_t i = 0; i < h.initrds; i++) {
		while (!memory[page] && page < (p.initrd.base + p.initrd.size) / PAGE_SIZE)
			page++;
		for (uint64_t j = 0; j < h.initrd[i].size / PAGE_SIZE; j++)
			CHECK_EQUAL(memory[page++], INITRD_TAG * (i + 1) + j);
	}
	CHECK_EQUAL(page, (p.initrd.base + p.initrd.size) / PAGE_SIZE);
}

/* The block is written first, so it may lie on nothing that is still needed. */
static void check_block(struct blob image)
{
	CHECK(map_is_ram(&h.map, p.block.base, p.block.base + p.block.size));
	CHECK(!overlap(p.block, image) && !overlap(p.block, k.file) && !overlap(p.block, p.initrd));
	for (uint32_t i = 0; i < h.initrds; i++)
		CHECK(!overlap(p.block, h.initrd[i]));
	for (uint32_t i = 0; i < p.moves; i++)
		CHECK(!overlap(p.block, (struct blob){ p.move[i].to, p.move[i].size }));
}

/* What the world stands on: nothing is moved there, nor runs there before it can know. */
static void check_keep(void)
{
	for (uint32_t i = 0; i < h.keeps; i++) {
		struct blob b = h.keep[i];

		for (uint64_t j = 0; j < b.size / PAGE_SIZE; j++)
			CHECK_EQUAL(memory[b.base / PAGE_SIZE + j], KEEP_TAG + j);
		CHECK(!overlap(p.block, b));
		CHECK(k.kind == KERNEL_ELF || !overlap(run_place(), b));
	}
}

static void add_keep(void)
{
	struct blob b = random_blob(1000);

	handoff_keep(&h, b.base, b.size);
	if (b.size)
		fill(b, KEEP_TAG);
}

static bool place_once(uint64_t s)
{
	struct blob image, file;

	seed = s;
	make_machine(4096 + below(PAGES - 4096));
	image = random_blob(64);
	file = random_blob(2000);
	if (image.size == 0 || file.size < 4 * PAGE_SIZE)
		return false;
	fill(file, KERNEL_TAG);
	for (uint32_t i = below(4); i > 0; i--) {
		struct blob b = random_blob(i == 1 ? 3000 : 200);

		handoff_initrd(&h, b);
		if (b.size)
			fill(b, INITRD_TAG * h.initrds);
	}
	for (uint32_t i = below(3); i > 0; i--)
		add_keep();
	h.kernel = file;
	if (below(3))
		make_bzimage(file);
	else
		make_elf(file);
	memcpy(before, memory, sizeof(memory));
	if (DIES_WITH(place(&p, &h, &k, image, (1 + below(64)) * PAGE_SIZE)))
		return false;
	carry_out();
	check_kernel();
	check_initrd();
	check_block(image);
	check_keep();
	if (k.kind == KERNEL_BZIMAGE)
		check_run();
	return true;
}

static void test_place_random(void)
{
	uint32_t placed = 0, runs = 6000;

	for (uint64_t s = 1; s <= runs; s++) {
		world_reset();
		placed += place_once(s);
	}
	/* A planner that refuses everything passes all else. */
	CHECK(placed > runs / 2);
}

static void simple(uint64_t kernel_at, uint64_t initrd_at)
{
	world_reset();
	seed = 1;
	handoff_init(&h, "test");
	map_add(&h.map, MIB, 64 * MIB, MAP_RAM);
	h.kernel = (struct blob){ kernel_at, 4 * MIB };
	make_bzimage(h.kernel);
	k.relocatable = k.realigns = true;
	k.align = 2 * MIB;
	k.run = k.base = 16 * MIB;
	k.init_size = 20 * MIB;
	k.initrd_max = UINT64_MAX;
	if (initrd_at)
		handoff_initrd(&h, (struct blob){ initrd_at, 8 * MIB });
}

static const struct blob image = { 2 * MIB, MIB };

static void test_place_nothing_moves(void)
{
	simple(3 * MIB, 40 * MIB);
	place(&p, &h, &k, image, MIB);
	CHECK_EQUAL(p.moves, 0);
	CHECK_EQUAL(p.load, 3 * MIB + PAGE_SIZE);
	simple(12 * MIB, 4 * MIB);
	place(&p, &h, &k, image, MIB);
	CHECK_EQUAL(p.moves, 0);
}

/* Kernel and then initrd, as a boot loader puts modules: the smaller one goes. */
static void test_place_smaller_moves(void)
{
	simple(12 * MIB, 16 * MIB);
	place(&p, &h, &k, image, MIB);
	CHECK_EQUAL(p.moves, 1);
	CHECK_EQUAL(p.move[0].size, 4 * MIB - PAGE_SIZE);
	CHECK_EQUAL(p.initrd.base, 16 * MIB);
}

static void test_place_fixed(void)
{
	simple(3 * MIB, 0);
	k.relocatable = k.realigns = false;
	k.base = MIB; /* over Lintel itself, which steps aside */
	k.run = MIB;
	place(&p, &h, &k, image, MIB);
	CHECK_EQUAL(p.load, MIB);
	CHECK_EQUAL(p.moves, 1);
	simple(3 * MIB, 0);
	k.relocatable = k.realigns = false;
	k.base = 0x10000;
	CHECK_EQUAL(DIES_WITH(place(&p, &h, &k, image, MIB)), E_FIXED);
}

/* A relocatable ELF kernel whose own place is taken moves, and its entry and segments with it. */
static void test_place_relocated_elf(void)
{
	simple(3 * MIB, 0);
	k.kind = KERNEL_ELF;
	k.realigns = false;
	k.run = k.init_size = 0;
	k.align = MIB;
	k.base = 16 * MIB;
	k.size = 4 * MIB;
	k.entry = 0x1000;
	k.segments = 2;
	k.segment[0] = (struct segment){ 0, MIB, 0, MIB };
	k.segment[1] = (struct segment){ MIB, MIB, 2 * MIB, 2 * MIB };
	handoff_keep(&h, 18 * MIB, PAGE_SIZE); /* in the second segment */
	place(&p, &h, &k, image, MIB);
	CHECK(p.load && p.load != k.base && p.load % MIB == 0);
	CHECK_EQUAL(p.entry, p.load + 0x1000);
	CHECK_EQUAL(p.moves, 3);
	for (uint32_t i = 0; i < p.moves; i++)
		CHECK(!overlap((struct blob){ p.move[i].to, p.move[i].size }, h.keep[0]));
	CHECK_EQUAL(p.move[2].to, p.load + 3 * MIB);
	CHECK_EQUAL(p.move[2].from, MOVE_ZERO);
}

/* What reaches into the firmware's memory does not fit with more memory either. */
static void test_place_fixed_elf(void)
{
	simple(3 * MIB, 0);
	k.kind = KERNEL_ELF;
	k.relocatable = k.realigns = false;
	k.segments = 2;
	k.base = 2 * MIB;
	k.size = (2ull << 40) - k.base;
	k.segment[0] = (struct segment){ 0, PAGE_SIZE, 0, PAGE_SIZE };
	k.segment[1] = (struct segment){ 0, PAGE_SIZE, (1ull << 40) - k.base, 1ull << 40 };
	k.init_size = 0;
	CHECK_EQUAL(DIES_WITH(place(&p, &h, &k, image, MIB)), E_FIXED);
}

/* Kept memory that is no obstacle to reading, such as Xen's tables, is one to moving. */
static void test_place_keep(void)
{
	simple(3 * MIB, 40 * MIB);
	handoff_keep(&h, 20 * MIB, PAGE_SIZE); /* where the kernel would run */
	place(&p, &h, &k, image, MIB);
	CHECK(p.load > 20 * MIB);
	simple(3 * MIB, 40 * MIB);
	handoff_keep(&h, 48 * MIB, 16 * MIB);
	place(&p, &h, &k, image, MIB);
	CHECK_EQUAL(p.moves, 0);
	CHECK(p.block.base + p.block.size <= 40 * MIB);
	simple(3 * MIB, 40 * MIB);
	k.kind = KERNEL_ELF;
	k.relocatable = k.realigns = false;
	k.segment[0] = (struct segment){ PAGE_SIZE, MIB, 0, 2 * MIB };
	k.base = 16 * MIB;
	k.size = 2 * MIB;
	k.init_size = 0;
	handoff_keep(&h, 18 * MIB, PAGE_SIZE);
	CHECK_EQUAL(DIES_WITH(place(&p, &h, &k, image, MIB)), 0);
	handoff_keep(&h, 18 * MIB - 1, 1);
	CHECK_EQUAL(DIES_WITH(place(&p, &h, &k, image, MIB)), E_MEMORY);
}

/* The block comes to lie on no setup_data and not on the EFI memory map; a block that the door
 * has taken already is in the kernel's way. */
static void test_place_marks(void)
{
	simple(3 * MIB, 40 * MIB);
	h.setup_data[h.setup_datas++] = (struct blob){ 63 * MIB, MIB };
	h.bp.efi_info = (struct efi_info){ .efi_loader_signature = EFI_LOADER_SIGNATURE_64,
					   .efi_memmap = 62 * MIB,
					   .efi_memmap_size = MIB };
	place(&p, &h, &k, image, MIB);
	CHECK_EQUAL(p.block.base, 61 * MIB);
	simple(3 * MIB, 40 * MIB);
	h.block = (struct blob){ 20 * MIB, MIB };
	place(&p, &h, &k, image, MIB);
	CHECK_EQUAL(p.block.base, 20 * MIB);
	CHECK(p.load >= 21 * MIB);
}

static uint64_t acpi_page(void)
{
	struct range r;

	for (uint32_t i = 0; map_next(&h.map, &i, &r);)
		if (r.type == MAP_ACPI)
			return r.end - r.base == PAGE_SIZE ? r.base : 1;
	return 0;
}

/* A copied root pointer gets a page of the block, which the kernel is told to keep.  Planning
 * again with a map read anew, as UEFI's door does, finds the same; the handoff stays. */
static void test_place_rsdp(void)
{
	for (uint32_t i = 0; i < 2; i++) {
		simple(3 * MIB, 40 * MIB);
		memcpy(h.rsdp_copy, "RSD PTR ", 8);
		h.block = (struct blob){ i * 20 * MIB, i * MIB };
		place(&p, &h, &k, image, MIB);
		CHECK(p.rsdp > p.boot_params && p.rsdp < p.cmdline);
		CHECK_EQUAL(p.rsdp % PAGE_SIZE, 0);
		CHECK_EQUAL(acpi_page(), p.rsdp);
		CHECK_EQUAL(h.rsdp, 0);
	}
	h.rsdp = 0xe59d0;
	memset(&h.map, 0, sizeof(h.map));
	map_add(&h.map, MIB, 64 * MIB, MAP_RAM);
	place(&p, &h, &k, image, MIB);
	CHECK_EQUAL(p.rsdp, 0);
	CHECK_EQUAL(acpi_page(), 0);
}

/* Old kernels look for boot_params below 1 MiB and nowhere else; all others in the block. */
static void test_place_params(void)
{
	simple(3 * MIB, 0);
	k.version = 0x202;
	place(&p, &h, &k, image, MIB);
	CHECK_EQUAL(p.boot_params, p.block.base + 0x2000);
	CHECK_EQUAL(p.cmdline, p.block.base + 0x4000);
	k.version = 0x201;
	CHECK_EQUAL(DIES_WITH(place(&p, &h, &k, image, MIB)), E_FIXED);
	map_add(&h.map, 0, 0x9f000, MAP_RAM);
	place(&p, &h, &k, image, MIB);
	CHECK_EQUAL(p.boot_params, 0x90000);
	CHECK_EQUAL(p.cmdline, 0x91000);
	CHECK(p.block.base >= MIB && !map_is_free(&h.map, 0x91000, 0x92000));
}

/* A kernel of an old protocol, with something in the low memory where its boot_params belong. */
static int old_params_over(struct blob kernel, struct blob initrd, struct blob image_at)
{
	simple(kernel.base, 0);
	map_add(&h.map, 0, 0x9f000, MAP_RAM);
	h.kernel = kernel;
	make_bzimage(h.kernel);
	k.relocatable = k.realigns = false;
	k.base = k.run = 4 * MIB;
	k.init_size = MIB;
	k.initrd_max = UINT64_MAX;
	k.version = 0x201;
	if (initrd.size)
		handoff_initrd(&h, initrd);
	return DIES_WITH(place(&p, &h, &k, image_at, MIB));
}

/* boot_params are written before anything is moved away. */
static void test_place_old_params(void)
{
	const struct blob none = { 0 }, low = { 0x80000, 0x18000 };
	const struct blob below_it = { 0x80000, 0x10000 }, behind = { 0x92000, 0x8000 };
	const struct blob last = { 0x91fff, 1 }, high = { 32 * MIB, MIB };

	CHECK_EQUAL(old_params_over(low, none, image), E_FIXED);
	CHECK_EQUAL(old_params_over(high, low, image), E_FIXED);
	CHECK_EQUAL(old_params_over(high, last, image), E_FIXED);
	CHECK_EQUAL(old_params_over(high, none, low), E_FIXED);
	CHECK_EQUAL(old_params_over(below_it, behind, image), 0);
	CHECK_EQUAL(old_params_over(high, none, behind), 0);
	CHECK_EQUAL(p.boot_params, 0x90000);
}

/* Above 4 GiB only kernels stay that say that they can run there. */
static void test_place_above_4_gib(void)
{
	const uint64_t high = 0x100000000;

	for (uint32_t i = 0; i < 2; i++) {
		simple(3 * MIB, 0);
		map_add(&h.map, high, high + 64 * MIB, MAP_RAM);
		h.kernel.base = k.file.base = high + MIB;
		k.load_max = i ? UINT64_MAX : high;
		place(&p, &h, &k, image, MIB);
		CHECK_EQUAL(p.load, i ? high + MIB + PAGE_SIZE : 16 * MIB);
		CHECK_EQUAL(p.moves, !i);
	}
}

/* Moved unless it lies on a page boundary, whatever alignment it has itself. */
static void test_place_misaligned(void)
{
	static const uint64_t off[] = { 0, 1, 16, 0x200, 0x800, 0xe00, 0xfff };

	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		simple(3 * MIB + off[i], 40 * MIB);
		place(&p, &h, &k, image, MIB);
		CHECK_EQUAL(p.load, off[i] ? 16 * MIB : 3 * MIB + PAGE_SIZE);
		CHECK_EQUAL(p.moves, off[i] != 0);
		/* Where its own place is taken, another one that is aligned. */
		simple(3 * MIB + off[i], 16 * MIB);
		place(&p, &h, &k, image, MIB);
		CHECK_EQUAL(p.load % (off[i] ? k.align : PAGE_SIZE), 0);
	}
}

static void test_place_joined_initrds(void)
{
	simple(40 * MIB, 4 * MIB);
	h.initrd[0].size -= 100;
	handoff_initrd(&h, (struct blob){ 12 * MIB, MIB });
	place(&p, &h, &k, image, MIB);
	CHECK_EQUAL(p.moves, 1);
	CHECK_EQUAL(p.move[0].from, MOVE_ZERO);
	CHECK_EQUAL(p.move[0].size, 100);
	CHECK_EQUAL(p.initrd.size, 9 * MIB);
}

/* The zeros between two initrds come before the kernel's moves. */
static void test_place_kernel_between_initrds(void)
{
	simple(0, 0);
	h.kernel = (struct blob){ 12 * MIB - 0x400, 0x400 };
	k.file = h.kernel;
	k.kind = KERNEL_ELF;
	k.realigns = k.relocatable = false;
	k.segment[0] = (struct segment){ 0, 0x400, 0, 0x400 };
	k.init_size = k.run = 0;
	k.base = 24 * MIB;
	handoff_initrd(&h, (struct blob){ 4 * MIB, 8 * MIB - 0x800 });
	handoff_initrd(&h, (struct blob){ 12 * MIB, MIB });
	place(&p, &h, &k, image, MIB);
	for (uint32_t i = 0; i < p.moves && p.move[i].from != h.kernel.base; i++)
		CHECK(!overlap((struct blob){ p.move[i].to, p.move[i].size }, h.kernel));
	CHECK_EQUAL(p.initrd.size, 9 * MIB - 0x800);
}

/* Inside Xen PV the image must stay as it is: between its initrd and /.extra are zeros already. */
static void place_kept_gap(uint8_t byte)
{
	uint8_t gap[0x800] = { 0 };

	world_reset();
	simple(0, 0);
	gap[0x7ff] = byte;
	world_put(5 * MIB - 0x800, gap, sizeof(gap));
	handoff_initrd(&h, (struct blob){ 4 * MIB, MIB - 0x800 });
	handoff_initrd(&h, (struct blob){ 5 * MIB, 0x100 });
	handoff_keep(&h, 4 * MIB, 2 * MIB);
	place(&p, &h, &k, image, MIB);
}

static void test_place_kept_gap(void)
{
	place_kept_gap(0);
	CHECK_EQUAL(p.initrd.base, 4 * MIB);
	CHECK_EQUAL(p.initrd.size, MIB + 0x100);
	for (uint32_t i = 0; i < p.moves; i++)
		CHECK(p.move[i].to < 4 * MIB || p.move[i].to >= 6 * MIB);
	place_kept_gap(1);
	CHECK(p.initrd.base < 4 * MIB || p.initrd.base >= 6 * MIB);
	CHECK_EQUAL(p.initrd.size, MIB - 0x800 + 0x100);
}

static void test_place_refusals(void)
{
	simple(3 * MIB, 40 * MIB);
	k.init_size = 60 * MIB;
	CHECK_EQUAL(DIES_WITH(place(&p, &h, &k, image, MIB)), E_MEMORY);
	simple(8 * MIB, 40 * MIB);
	k.init_size = 46 * MIB;
	CHECK_EQUAL(DIES_WITH(place(&p, &h, &k, image, MIB)), E_INITRD);
	simple(3 * MIB, 40 * MIB);
	k.initrd_max = 4 * MIB;
	CHECK_EQUAL(DIES_WITH(place(&p, &h, &k, image, MIB)), E_INITRD);
}

const struct test place_tests[] = {
	{ "place: random machines", test_place_random },
	{ "place: nothing moves", test_place_nothing_moves },
	{ "place: the smaller one moves", test_place_smaller_moves },
	{ "place: fixed kernels", test_place_fixed },
	{ "place: ELF, fixed kernels", test_place_fixed_elf },
	{ "place: ELF, relocated", test_place_relocated_elf },
	{ "place: memory that stays", test_place_keep },
	{ "place: what lies somewhere", test_place_marks },
	{ "place: a copied root pointer", test_place_rsdp },
	{ "place: boot_params", test_place_params },
	{ "place: old boot_params over a source", test_place_old_params },
	{ "place: above 4 GiB", test_place_above_4_gib },
	{ "place: kernels on no page boundary", test_place_misaligned },
	{ "place: initrds that join", test_place_joined_initrds },
	{ "place: a kernel between initrds", test_place_kernel_between_initrds },
	{ "place: a gap that must stay", test_place_kept_gap },
	{ "place: refusals", test_place_refusals },
	{ 0 }
};
