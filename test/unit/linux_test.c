// SPDX-License-Identifier: BSD-2-Clause
/*
 * The zero page: what linux_write() wrote is what linux_read() reads, and each lie
 * in a page that a loader left is refused.
 */
#include "protocol/kernel.h"
#include "protocol/readers.h"
#include "test/unit/check.h"

#define MIB 0x100000
#define PAGE_SIZE 4096

static struct handoff in, out;
static struct kernel k;
static uint8_t header[0x7b];
static struct linux_place at;
static struct boot_params *bp;

static void set_header(uint16_t version)
{
	struct setup_header *s = (struct setup_header *)header;

	memset(header, 0, sizeof(header));
	*s = (struct setup_header){ .boot_flag = LINUX_BOOT_FLAG,
				    .header = LINUX_HDRS,
				    .version = version,
				    .loadflags = LOADED_HIGH,
				    .setup_sects = 39,
				    .xloadflags = XLF_KERNEL_64,
				    .init_size = 0x3378000 };
	k = (struct kernel){ .kind = KERNEL_BZIMAGE,
			     .header = { header, sizeof(header) },
			     .version = version,
			     .bits = 64 };
}

static void begin(uint32_t ranges)
{
	world_reset();
	handoff_init(&in, "test");
	set_header(0x20f);
	for (uint64_t i = 0; i < ranges; i++)
		map_add(&in.map, i * 2 * PAGE_SIZE, (i * 2 + 1) * PAGE_SIZE, MAP_RAM);
	map_add(&in.map, 256 * MIB, 512 * MIB, MAP_RAM);
	map_add(&in.map, 512 * MIB, 513 * MIB, MAP_ACPI);
	strcpy(in.cmdline, "root=/dev/vda1 quiet");
	in.rsdp = 0xf59d0;
	in.bp.screen_info.orig_video_isVGA = 1;
	in.bp.hdr.hardware_subarch = SUBARCH_LGUEST;
	in.bp.hdr.hardware_subarch_data = 0x123456789abc;
}

static void write_page(void)
{
	uint64_t size = 4 * PAGE_SIZE + linux_setup_data_size(&in, map_ranges(&in.map));
	uint8_t *p = world_low(size);

	bp = (struct boot_params *)p;
	memset(p, 0xee, size); /* whatever memory held before */
	at.boot_params = (uintptr_t)p;
	at.cmdline = at.boot_params + PAGE_SIZE;
	at.setup_data = at.cmdline + PAGE_SIZE;
	linux_write(&in, &k, &at);
}

static void check_same_map(void)
{
	struct range a, b;
	uint32_t i = 0, j = 0;

	while (map_next(&in.map, &i, &a)) {
		CHECK(map_next(&out.map, &j, &b));
		CHECK_EQUAL(b.base, a.base);
		CHECK_EQUAL(b.end, a.end);
		CHECK_EQUAL(b.type, a.type);
	}
	CHECK(!map_next(&out.map, &j, &b));
}

static void round_trip(uint32_t ranges)
{
	begin(ranges);
	at.initrd = 300 * MIB;
	at.initrd_size = 5 * MIB + 3;
	at.load = 16 * MIB;
	write_page();
	handoff_init(&out, "linux64");
	CHECK_EQUAL(DIES_WITH(linux_read(at.boot_params, &out)), 0);
	check_same_map();
	CHECK(!strcmp(out.cmdline, in.cmdline));
	CHECK_EQUAL(out.rsdp, in.rsdp);
	CHECK_EQUAL(out.initrds, 1);
	CHECK_EQUAL(out.initrd[0].base, at.initrd);
	CHECK_EQUAL(out.initrd[0].size, at.initrd_size);
	CHECK_EQUAL(out.bp.hdr.hardware_subarch, SUBARCH_LGUEST);
	CHECK_EQUAL(out.bp.hdr.hardware_subarch_data, 0x123456789abc);
	CHECK_EQUAL(bp->hdr.init_size, 0x3378000);
	CHECK_EQUAL(bp->hdr.code32_start, 16 * MIB);
	CHECK_EQUAL(bp->hdr.type_of_loader, 0xff);
	CHECK_EQUAL(bp->sentinel, 0);
	CHECK_EQUAL(bp->pad9[275], 0);
}

static void test_linux_round_trip(void)
{
	round_trip(3);
	CHECK_EQUAL(bp->e820_entries, 5);
	CHECK_EQUAL(bp->hdr.setup_data, 0);
}

static void test_linux_many_ranges(void)
{
	const uint32_t edges[] = { 125, 126, 127, 301, 1500 };

	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		round_trip(edges[i]);
		CHECK_EQUAL(bp->e820_entries, edges[i] > 126 ? 128 : edges[i] + 2);
		CHECK_EQUAL(!!bp->hdr.setup_data, edges[i] > 126);
	}
}

static void test_linux_high_initrd(void)
{
	begin(1);
	map_add(&in.map, 0x100000000, 0x400000000, MAP_RAM);
	at.initrd = 0x123456000;
	at.initrd_size = 0x112345678;
	write_page();
	CHECK_EQUAL(bp->hdr.ramdisk_image, 0x23456000);
	CHECK_EQUAL(bp->ext_ramdisk_image, 1);
	CHECK_EQUAL(bp->ext_ramdisk_size, 1);
	handoff_init(&out, "linux64");
	CHECK_EQUAL(DIES_WITH(linux_read(at.boot_params, &out)), 0);
	CHECK_EQUAL(out.initrd[0].base, at.initrd);
	CHECK_EQUAL(out.initrd[0].size, at.initrd_size);
	at.initrd = at.initrd_size = 0;
}

/* Nodes pass through, whole and in order, behind our report; E820_EXT is made anew. */
static void test_linux_setup_data(void)
{
	struct setup_data a = { 0, SETUP_RNG_SEED, 5 }, b = { 0, SETUP_DTB, 3 };
	uint8_t node[2][32];

	begin(200);
	memcpy(node[0], &a, 16);
	memcpy(node[0] + 16, "12345", 5);
	memcpy(node[1], &b, 16);
	memcpy(node[1] + 16, "xyz", 3);
	world_put(0x5000, node[0], 21);
	world_put(0x6000, node[1], 19);
	in.setup_data[0] = (struct blob){ 0x5000, 21 };
	in.setup_data[1] = (struct blob){ 0x6000, 19 };
	in.setup_datas = 2;
	strcpy(in.report, "version=1\n");
	write_page();
	handoff_init(&out, "linux64");
	CHECK_EQUAL(DIES_WITH(linux_read(at.boot_params, &out)), 0);
	check_same_map();
	CHECK_EQUAL(out.setup_datas, 3);
	CHECK(!memcmp((void *)(uintptr_t)(out.setup_data[0].base + 16), "version=1\n", 10));
	CHECK(!memcmp((void *)(uintptr_t)(out.setup_data[1].base + 16), "12345", 5));
	CHECK(!memcmp((void *)(uintptr_t)(out.setup_data[2].base + 16), "xyz", 3));
	/* The next Lintel's report comes before this one's. */
	in = out;
	strcpy(in.report, "version=2\n");
	write_page();
	handoff_init(&out, "linux64");
	CHECK_EQUAL(DIES_WITH(linux_read(at.boot_params, &out)), 0);
	CHECK_EQUAL(out.setup_datas, 4);
	CHECK(!memcmp((void *)(uintptr_t)(out.setup_data[0].base + 16), "version=2\n", 10));
	CHECK(!memcmp((void *)(uintptr_t)(out.setup_data[1].base + 16), "version=1\n", 10));
}

/* Nothing is moved over a node, wherever it lies. */
static void test_linux_nodes_are_used(void)
{
	struct blob b;

	begin(1);
	strcpy(in.report, "version=1\n");
	write_page();
	handoff_init(&out, "linux64");
	linux_read(at.boot_params, &out);
	b = out.setup_data[0];
	map_add(&out.map, b.base - PAGE_SIZE, b.base + b.size + PAGE_SIZE, MAP_RAM);
	CHECK(map_is_free(&out.map, b.base - 1, b.base));
	CHECK(!map_is_free(&out.map, b.base, b.base + 1));
	CHECK(!map_is_free(&out.map, b.base + b.size - 1, b.base + b.size));
	CHECK(map_is_free(&out.map, b.base + b.size, b.base + b.size + 1));
}

/* What does not fit into the report is left out, and nothing is written behind it. */
static void test_report_full(void)
{
	static struct {
		struct handoff h;
		uint8_t behind[16];
	} s;
	static const char line[] = "123456789012345678901234567890";

	for (uint32_t length = 0; length < sizeof(line); length++) {
		handoff_init(&s.h, "test");
		memset(s.behind, 0xee, sizeof(s.behind));
		for (uint32_t i = 0; i < 600; i++)
			handoff_report(&s.h, "key", "%s", line + length);
		CHECK_EQUAL(s.behind[0], 0xee);
		CHECK(strlen(s.h.report) > sizeof(s.h.report) - sizeof("key=\n") - 31);
		CHECK(!strcmp(s.h.report + strlen(s.h.report) - 1, "\n"));
	}
}

/* One Lintel starts another, and so on; @foreign nodes of others come along. */
static void hop(uint32_t hops, uint32_t foreign)
{
	struct setup_data head = { 0, SETUP_RNG_SEED, 0 };

	begin(200);
	world_put(0x5000, &head, sizeof(head));
	for (in.setup_datas = 0; in.setup_datas < foreign; in.setup_datas++)
		in.setup_data[in.setup_datas] = (struct blob){ 0x5000, sizeof(head) };
	for (uint32_t i = 0; i < hops; i++) {
		format(in.report, sizeof(in.report), "hop=%u\n", i);
		write_page();
		handoff_init(&out, "linux64");
		linux_read(at.boot_params, &out);
		in = out;
	}
}

static void check_hops(uint32_t hops, uint32_t reports)
{
	char last[16];

	CHECK_EQUAL(DIES_WITH(hop(hops, 16)), 0);
	CHECK_EQUAL(out.setup_datas, 16 + reports);
	format(last, sizeof(last), "hop=%u\n", hops - 1);
	CHECK(!memcmp(memory_at(out.setup_data[0].base + 16), last, strlen(last)));
}

static void test_linux_hops(void)
{
	check_hops(1, 1);
	check_hops(2, 2);
	check_hops(4, 4);
	check_hops(5, 4);
	check_hops(17, 4);
	check_hops(40, 4);
	CHECK_EQUAL(DIES_WITH(hop(1, 17)), E_BLOCK);
}

/* The report is a node of its own, to the byte, and there is none where nothing was reported. */
static void test_linux_report(void)
{
	static const char text[] = "version=1\ntsc_jump=0x0123456789abcdef\n";
	const struct setup_data *node;

	begin(200);
	write_page();
	node = (const struct setup_data *)(uintptr_t)bp->hdr.setup_data;
	for (; node; node = (const struct setup_data *)(uintptr_t)node->next)
		CHECK(node->type != SETUP_LINTEL);
	strcpy(in.report, text);
	write_page();
	node = (const struct setup_data *)(uintptr_t)bp->hdr.setup_data;
	while (node && node->type != SETUP_LINTEL)
		node = (const struct setup_data *)(uintptr_t)node->next;
	CHECK(node && node->len == sizeof(text) - 1);
	CHECK(node && !memcmp(node + 1, text, sizeof(text) - 1));
}

static void test_linux_old_protocols(void)
{
	begin(1);
	set_header(0x201);
	write_page();
	CHECK_EQUAL(rd16(span_at(at.boot_params, PAGE_SIZE), 0x20), 0xa33f);
	CHECK_EQUAL(rd16(span_at(at.boot_params, PAGE_SIZE), 0x22), PAGE_SIZE);
	set_header(0x204);
	write_page();
	CHECK_EQUAL(bp->hdr.cmd_line_ptr, at.cmdline);
	CHECK_EQUAL(bp->hdr.hardware_subarch, 0);
}

static void test_linux_elf_kernel(void)
{
	begin(1);
	k = (struct kernel){ .kind = KERNEL_ELF, .version = 0x20f, .bits = 64, .cmdline_size = 99 };
	write_page();
	CHECK_EQUAL(bp->hdr.header, LINUX_HDRS);
	CHECK_EQUAL(bp->hdr.boot_flag, LINUX_BOOT_FLAG);
	CHECK_EQUAL(bp->hdr.version, 0x20f);
	CHECK_EQUAL(bp->hdr.cmdline_size, 99);
	CHECK_EQUAL(bp->hdr.xloadflags, XLF_KERNEL_64);
	k.bits = 32;
	write_page();
	CHECK_EQUAL(bp->hdr.xloadflags, 0);
	CHECK_EQUAL(bp->hdr.hardware_subarch, SUBARCH_LGUEST);
}

/* syslinux.efi leaves the file's first bytes in the page; the sentinel tells. */
static void test_linux_sentinel(void)
{
	begin(1);
	in.bp.kbd_status = 7;
	in.bp.ext_cmd_line_ptr = 0;
	write_page();
	bp->sentinel = 0xff;
	bp->ext_cmd_line_ptr = 0x41414141;
	bp->ext_ramdisk_image = 0x42424242;
	bp->secure_boot = SECURE_BOOT_ENABLED;
	bp->cc_blob_address = 0x5000;
	bp->eddbuf_entries = bp->edd_mbr_sig_buf_entries = 1;
	bp->edd_mbr_sig_buffer[0] = 0x12345678;
	bp->eddbuf[0] = 0x80;
	handoff_init(&out, "linux32");
	CHECK_EQUAL(DIES_WITH(linux_read(at.boot_params, &out)), 0);
	CHECK_TEXT(out.report, "repaired=boot_params\n");
	CHECK_EQUAL(out.rsdp, 0);
	CHECK_EQUAL(out.bp.kbd_status, 0);
	CHECK_EQUAL(out.bp.secure_boot, SECURE_BOOT_ENABLED);
	CHECK_EQUAL(out.bp.cc_blob_address, 0x5000);
	CHECK_EQUAL(out.bp.eddbuf_entries, 1);
	CHECK_EQUAL(out.bp.edd_mbr_sig_buf_entries, 1);
	CHECK_EQUAL(out.bp.edd_mbr_sig_buffer[0], 0x12345678);
	CHECK_EQUAL(out.bp.eddbuf[0], 0x80);
	CHECK(!strcmp(out.cmdline, in.cmdline));
	CHECK_EQUAL(out.bp.screen_info.orig_video_isVGA, 1);
}

/* A node of ranges that names itself as the next one: not 64 times the work. */
static void test_linux_circle(void)
{
	static const uint32_t len = 0x500000;
	struct setup_data head = { 0x7000, SETUP_E820_EXT, len };

	begin(1);
	write_page();
	memcpy(world_put(0x7000, NULL, sizeof(head) + len), &head, sizeof(head));
	bp->hdr.setup_data = 0x7000;
	handoff_init(&out, "linux32");
	CHECK_EQUAL(DIES_WITH(linux_read(at.boot_params, &out)), E_TAG);
	CHECK_TEXT(world_said(), "has 20971520 bytes of memory ranges");
}

static void test_linux_lies(void)
{
	struct setup_data loop = { 0x7000, 99, 0 }, huge = { 0, 99, 0xffffffff };

	begin(1);
	write_page();
	bp->hdr.header = 0;
	CHECK_EQUAL(DIES_WITH(linux_read(at.boot_params, &out)), E_BLOCK);
	begin(1);
	write_page();
	bp->e820_entries = 129;
	CHECK_EQUAL(DIES_WITH(linux_read(at.boot_params, &out)), E_BLOCK);
	begin(1);
	write_page();
	bp->e820_entries = 0;
	bp->alt_mem_k = 0;
	bp->screen_info.ext_mem_k = 0;
	handoff_init(&out, "linux32");
	CHECK_EQUAL(DIES_WITH(linux_read(at.boot_params, &out)), 0);
	CHECK_EQUAL(map_top(&out.map), 640 * 1024);
	begin(1);
	write_page();
	world_put(0x7000, &loop, sizeof(loop));
	bp->hdr.setup_data = 0x7000;
	handoff_init(&out, "linux32");
	CHECK(DIES_WITH(linux_read(at.boot_params, &out)) == E_BLOCK);
	begin(1);
	write_page();
	world_put(0x7000, &huge, sizeof(huge));
	bp->hdr.setup_data = 0x7000;
	handoff_init(&out, "linux32");
	CHECK_EQUAL(DIES_WITH(linux_read(at.boot_params, &out)), E_TAG);
	begin(1);
	at.initrd = 0x100000000000;
	at.initrd_size = 1;
	write_page();
	handoff_init(&out, "linux32");
	CHECK_EQUAL(DIES_WITH(linux_read(at.boot_params, &out)), E_MODULE);
	at.initrd = at.initrd_size = 0;
}

/* What is reserved for setup_data is what the longest report and the map need, to the byte. */
static void test_linux_sizes(void)
{
	uint64_t report = sizeof(struct setup_data) + sizeof(in.report), size, end = 0;

	begin(127); /* and two more */
	CHECK_EQUAL(map_ranges(&in.map), 129);
	CHECK_EQUAL(linux_setup_data_size(&in, 128), report);
	size = linux_setup_data_size(&in, 129);
	CHECK_EQUAL(size, report + 40);
	memset(in.report, 'r', sizeof(in.report) - 1);
	write_page();
	for (uint64_t node = bp->hdr.setup_data; node;) {
		const struct setup_data *s = memory_at(node);
		uint64_t last = node + sizeof(*s) + ((s->len + 7) & ~7u);

		end = last > end ? last : end;
		node = s->next;
	}
	CHECK_EQUAL(end, at.setup_data + size);
}

const struct test linux_tests[] = { { "linux: round trip", test_linux_round_trip },
				    { "linux: more than 128 ranges", test_linux_many_ranges },
				    { "linux: the size of setup_data", test_linux_sizes },
				    { "linux: initrd above 4 GiB", test_linux_high_initrd },
				    { "linux: setup_data passes through", test_linux_setup_data },
				    { "linux: nodes are marked", test_linux_nodes_are_used },
				    { "handoff: a full report", test_report_full },
				    { "linux: any number of hops", test_linux_hops },
				    { "linux: ranges in a circle", test_linux_circle },
				    { "linux: report passes through", test_linux_report },
				    { "linux: old protocols", test_linux_old_protocols },
				    { "linux: ELF kernel", test_linux_elf_kernel },
				    { "linux: sentinel", test_linux_sentinel },
				    { "linux: lies", test_linux_lies },
				    { 0 } };
