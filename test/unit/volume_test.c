// SPDX-License-Identifier: BSD-2-Clause
/*
 * The BIOS boot loader's way to the image on a disk (bios/boot/): GPT and MBR, FAT16
 * and FAT32 with long names, the order of versions; and disks whose bytes are wrong,
 * which must end in a refusal or a file, after a bounded number of reads.
 */
#include "bios/boot/volume.h"

#include <zlib.h>

#include "test/unit/check.h"

#define DISK_SECTORS 9000u
#define BACKUP (DISK_SECTORS - 1) /* the second GPT's header, its entries are in front */
#define ESP 64u
#define RESERVED 4u
#define FAT_SECTORS 40u
#define ROOT_SECTORS 2u
#define CLUSTER_FIRST (ESP + RESERVED + FAT_SECTORS + ROOT_SECTORS - 2)
/* Two walks through the longest directory and FAT chain are far below. */
#define READS_MAX 400000u

static uint8_t disk[DISK_SECTORS * SECTOR_SIZE];
static uint32_t reads;
static uint64_t told_sectors;

void sector_read(uint32_t lba, uint8_t *to)
{
	CHECK(++reads < READS_MAX);
	if (lba >= DISK_SECTORS)
		die(E_READ, "the medium cannot be read at sector 0x%x", lba);
	memcpy(to, disk + (size_t)lba * SECTOR_SIZE, SECTOR_SIZE);
}

uint64_t disk_sectors(void)
{
	return told_sectors;
}

struct failure failure;

/* As in bios/boot/call.S. */
bool attempt(void (*f)(void *), void *argument)
{
	static jmp_buf outer;
	bool refused;

	memcpy(&outer, &world_refusal, sizeof(outer));
	refused = setjmp(world_refusal);
	if (!refused)
		f(argument);
	else
		failure.error = (enum error)world_take_refusal(failure.text, sizeof(failure.text));
	memcpy(&world_refusal, &outer, sizeof(outer));
	return !refused;
}

static uint8_t *at(uint32_t lba, uint32_t offset)
{
	return disk + (size_t)lba * SECTOR_SIZE + offset;
}

static void put(uint8_t *p, uint64_t value, int n)
{
	for (; n--; value >>= 8)
		*p++ = (uint8_t)value;
}

static void table_put(uint32_t cluster, uint32_t next)
{
	put(at(ESP + RESERVED, cluster * 2), next, 2);
}

/* A GPT's header at @lba for entries at @table: 128 of 128 bytes, those of sector 2. */
static void gpt_put(uint32_t lba, uint32_t other, uint32_t table)
{
	memset(at(lba, 0), 0, SECTOR_SIZE);
	memcpy(at(lba, 0), "EFI PART", 8);
	put(at(lba, 12), 92, 4);
	put(at(lba, 24), lba, 8);
	put(at(lba, 32), other, 8);
	put(at(lba, 72), table, 8);
	put(at(lba, 80), 128, 4);
	put(at(lba, 84), 128, 4);
	memmove(at(table, 0), at(2, 0), 32 * SECTOR_SIZE);
	put(at(lba, 88), crc32(0, at(table, 0), 32 * SECTOR_SIZE), 4);
	put(at(lba, 16), crc32(0, at(lba, 0), 92), 4);
}

static void gpts_put(void)
{
	gpt_put(1, BACKUP, 2);
	gpt_put(BACKUP, 1, BACKUP - 32);
}

/* A FAT16 of 8,000 clusters, one sector each, as the first GPT partition but one. */
static void disk_make(void)
{
	static const uint8_t esp_guid[] = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
					    0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b };

	memset(disk, 0, sizeof(disk));
	told_sectors = DISK_SECTORS;
	world_reset();
	*at(0, 446 + 4) = 0xee;
	memset(at(2, 0), 0x77, 16);
	memcpy(at(2, 128), esp_guid, 16);
	put(at(2, 128 + 32), ESP, 8);
	put(at(2, 128 + 40), BACKUP - 33, 8);
	gpts_put();
	put(at(ESP, 11), SECTOR_SIZE, 2);
	*at(ESP, 13) = 1;
	put(at(ESP, 14), RESERVED, 2);
	*at(ESP, 16) = 1;
	put(at(ESP, 17), ROOT_SECTORS * 16, 2);
	put(at(ESP, 19), 8000 + RESERVED + FAT_SECTORS + ROOT_SECTORS, 2);
	put(at(ESP, 22), FAT_SECTORS, 2);
}

static uint8_t *entry_put(uint8_t *p, const char *name, uint8_t attributes, uint32_t cluster,
			  uint32_t size)
{
	memcpy(p, name, 11);
	p[11] = attributes;
	put(p + 26, cluster, 2);
	put(p + 28, size, 4);
	return p + 32;
}

/* The parts of a long name, the last one first, and the short entry. */
static uint8_t *long_put(uint8_t *p, const char *name, uint32_t cluster, uint32_t size)
{
	static const uint8_t places[] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30 };
	size_t n = strlen(name), parts = (n + 12) / 13;
	uint8_t sum = 0;

	for (int i = 0; i < 11; i++)
		sum = (uint8_t)((sum >> 1 | sum << 7) + "SHORT~1 EFI"[i]);
	for (size_t part = parts; part--; p += 32) {
		p[0] = (uint8_t)((part + 1) | (part + 1 == parts ? 0x40 : 0));
		p[11] = 0x0f;
		p[13] = sum;
		for (size_t i = 0; i < 13; i++) {
			size_t c = part * 13 + i;

			put(p + places[i], c < n ? (uint8_t)name[c] : c == n ? 0 : 0xffff, 2);
		}
	}
	return entry_put(p, "SHORT~1 EFI", 0x20, cluster, size);
}

/* EFI is cluster 2, EFI/Linux 3 (goes on in 9), EFI/BOOT 4, the files are 5 and up. */
static void files_make(void)
{
	uint8_t *p = entry_put(at(ESP + RESERVED + FAT_SECTORS, 0), "LABEL      ", 0x08, 0, 0);

	entry_put(p, "EFI        ", 0x10, 2, 0);
	p = entry_put(at(CLUSTER_FIRST + 2, 0), "BOOT       ", 0x10, 4, 0);
	entry_put(p, "LINUX      ", 0x10, 3, 0);
	p = entry_put(at(CLUSTER_FIRST + 4, 0), "\xe5OOTX64 EFI", 0x20, 7, 1);
	entry_put(p, "BOOTX64 EFI", 0x20, 5, 1500);
	p = long_put(at(CLUSTER_FIRST + 3, 0), "linux-6.9.0-with-a-name-of-many-parts.efi", 20,
		     513);
	p = long_put(p, "linux-6.12.0-with-a-name-of-many-parts.efi", 30, 2048);
	p = long_put(p, "linux-6.30.0.efi.old", 40, 1);
	for (p = entry_put(p, "6-99    CFG", 0x20, 40, 1); p < at(CLUSTER_FIRST + 4, 0);)
		p = entry_put(p, "FILL    TXT", 0x20, 40, 1);
	table_put(2, 0xffff);
	table_put(3, 9);
	table_put(9, 0xffff);
	table_put(4, 0xfff8);
	for (uint32_t c = 30; c < 33; c++)
		table_put(c, c + 1);
	table_put(31, 50);
	table_put(50, 51);
	table_put(51, 0xffff);
	table_put(5, 6);
	table_put(6, 7);
	table_put(7, 0xffff);
}

static struct choice choice;

static void find(struct entry *found)
{
	reads = 0;
	choose_open(&choice, 0);
	if (!choose_next(&choice))
		choose_refuse();
	*found = choice.file;
}

static void test_newest(void)
{
	struct entry e;
	struct chain chain;
	struct extent run;

	disk_make();
	files_make();
	find(&e);
	CHECK_TEXT(e.name, "linux-6.12.0-with-a-name-of-many-parts.efi");
	CHECK_EQUAL(e.size, 2048);
	chain = fat_chain(&e);
	run = fat_extent(&chain);
	CHECK_EQUAL(run.lba, CLUSTER_FIRST + 30);
	CHECK_EQUAL(run.count, 2);
	CHECK_EQUAL(chain.left, 2);
	run = fat_extent(&chain);
	CHECK_EQUAL(run.lba, CLUSTER_FIRST + 50);
	CHECK_EQUAL(run.count, 2);
	CHECK_EQUAL(chain.left, 0);
}

static void test_second_cluster(void)
{
	struct entry e;

	disk_make();
	files_make();
	long_put(at(CLUSTER_FIRST + 9, 0), "Linux-7.efi", 60, 1);
	*at(CLUSTER_FIRST + 9, 13) ^= 1; /* of another file: the short name counts */
	find(&e);
	CHECK_TEXT(e.name, "SHORT~1.EFI");
	long_put(at(CLUSTER_FIRST + 9, 0), "linux-7.EFI", 60, 1);
	find(&e);
	CHECK_TEXT(e.name, "linux-7.EFI");
}

static void test_fallback(void)
{
	struct entry e;

	disk_make();
	files_make();
	memcpy(at(CLUSTER_FIRST + 2, 32), "LINUY", 5);
	find(&e);
	CHECK_TEXT(e.name, "BOOTX64.EFI");
	CHECK_EQUAL(e.cluster, 5);
	*at(CLUSTER_FIRST + 4, 32) = 0xe5;
	CHECK_EQUAL(DIES_WITH(find(&e)), E_NO_IMAGE);
}

static void test_mbr(void)
{
	struct entry e;

	disk_make();
	files_make();
	*at(1, 0) = 'X';
	*at(0, 446 + 4) = 0x83;
	CHECK_EQUAL(DIES_WITH(find(&e)), E_NO_IMAGE);
	*at(0, 446 + 16 + 4) = 0xef;
	put(at(0, 446 + 16 + 8), ESP, 4);
	put(at(0, 446 + 16 + 12), DISK_SECTORS - ESP, 4);
	find(&e);
	CHECK_TEXT(e.name, "linux-6.12.0");
}

static void find_by_backup(bool by_backup)
{
	struct entry e;

	world_reset();
	find(&e);
	CHECK_TEXT(e.name, "linux-6.12.0");
	CHECK(!*world_said() == !by_backup);
	CHECK_TEXT(world_said(), by_backup ? "backup is used" : "");
}

/* Whatever is wrong with the first one; and what is no backup. */
static void test_backup(void)
{
	static const uint32_t wrong[][2] = { { 1, 0 },	{ 1, 13 }, { 1, 16 }, { 1, 24 },  { 1, 72 },
					     { 1, 80 }, { 1, 88 }, { 2, 0 },  { 33, 511 } };
	static size_t i; /* since a refusal is a longjmp */
	struct entry e;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		disk_make();
		files_make();
		find_by_backup(false);
		*at(wrong[i][0], wrong[i][1]) ^= 1;
		find_by_backup(true);
		*at(BACKUP, 24) ^= 1;
		CHECK_EQUAL(DIES_WITH(find(&e)), E_FAT);
		CHECK_TEXT(world_said(), "GPT damaged");
	}
}

/* On a larger disk than it was made for, only a right header tells where the backup is. */
static void test_backup_elsewhere(void)
{
	struct entry e;

	disk_make();
	files_make();
	told_sectors = DISK_SECTORS - 100;
	*at(2, 0) ^= 1;
	find_by_backup(true);
	told_sectors = 0;
	find_by_backup(true);
	*at(1, 8) ^= 1;
	CHECK_EQUAL(DIES_WITH(find(&e)), E_FAT);
	told_sectors = DISK_SECTORS - 100;
	CHECK_EQUAL(DIES_WITH(find(&e)), E_FAT);
	told_sectors = DISK_SECTORS;
	find_by_backup(true);
}

static void test_endless(void)
{
	struct entry e;

	disk_make();
	files_make();
	table_put(3, 3);
	*at(CLUSTER_FIRST + 4, 32) = 0xe5;
	CHECK_EQUAL(DIES_WITH(find(&e)), E_FAT);
	CHECK_TEXT(world_said(), "directory has no end");
}

static void test_geometry(void)
{
	struct entry e;

	disk_make();
	put(at(ESP, 22), 20, 2);
	CHECK_EQUAL(DIES_WITH(find(&e)), E_FAT);
	disk_make();
	put(at(ESP, 19), DISK_SECTORS - ESP + 1, 2);
	CHECK_EQUAL(DIES_WITH(find(&e)), E_FAT);
	disk_make();
	*at(ESP, 13) = 8;
	CHECK_EQUAL(DIES_WITH(find(&e)), E_FAT);
	CHECK_TEXT(world_said(), "FAT12");
	disk_make();
	put(at(2, 128 + 40), ESP - 1, 8);
	gpts_put();
	CHECK_EQUAL(DIES_WITH(find(&e)), E_FAT);
	put(at(2, 128 + 32), 1ull << 40, 8);
	gpts_put();
	CHECK_EQUAL(DIES_WITH(find(&e)), E_FAT);
}

/* A disk with sectors of 4,096 bytes: its LBA 6 to 255 are 2,000 sectors of 512 bytes. */
static void test_large_sectors(void)
{
	const uint32_t scale = 8, last = 255;
	struct partition p = { 0 };
	struct extent esp;
	uint8_t guid[16];

	disk_make();
	memcpy(guid, at(2, 128), sizeof(guid));
	memset(disk, 0, sizeof(disk));
	memcpy(at(2 * scale, 0), guid, sizeof(guid));
	put(at(2 * scale, 32), 6, 8);
	put(at(2 * scale, 40), last, 8);
	memcpy(at(scale, 0), "EFI PART", 8);
	put(at(scale, 12), 92, 4);
	put(at(scale, 24), 1, 8);
	put(at(scale, 72), 2, 8);
	put(at(scale, 80), 128, 4);
	put(at(scale, 84), 128, 4);
	put(at(scale, 88), crc32(0, at(2 * scale, 0), 32 * SECTOR_SIZE), 4);
	put(at(scale, 16), crc32(0, at(scale, 0), 92), 4);
	reads = 0;
	partition_open(3);
	CHECK(partition_next(&p));
	esp = partition_extent(&p);
	CHECK(!partition_next(&p));
	CHECK_EQUAL(esp.lba, 6 * scale);
	CHECK_EQUAL(esp.count, (last + 1 - 6) * scale);
}

/* The last cluster of a file may point behind the volume's end, where others' bytes lie. */
static void test_chain_leaves(void)
{
	const uint32_t last = 8001; /* of 8,000 clusters the first is 2 */
	struct entry e = { .name = "A.EFI", .cluster = last, .size = 3 * SECTOR_SIZE };
	static struct chain chain;
	struct extent run;

	disk_make();
	files_make();
	table_put(last, last + 1);
	table_put(last + 1, last + 2);
	reads = 0;
	choose_open(&choice, 0);
	CHECK(choose_next(&choice));
	chain = fat_chain(&e);
	run = fat_extent(&chain);
	CHECK_EQUAL(run.lba, CLUSTER_FIRST + last);
	CHECK_EQUAL(run.count, 1);
	CHECK_EQUAL(DIES_WITH(fat_extent(&chain)), E_FAT);
}

#define FAT32_SECTORS 64u
#define FAT32_FIRST (ESP + RESERVED + 2 * FAT32_SECTORS - 2)

/* The same files in a FAT32 with two FATs; of 8,000 clusters, as mkfs.fat -F 32 allows. */
static void disk_make32(uint16_t flags, uint32_t table)
{
	static const uint16_t chain[][2] = {
		{ 2, 3 }, { 3, 4 }, { 4, 0xffff }, { 10, 12 }, { 12, 0xffff }
	};
	uint8_t *p;

	disk_make();
	put(at(ESP, 17), 0, 2);
	put(at(ESP, 19), 8000 + RESERVED + 2 * FAT32_SECTORS, 2);
	put(at(ESP, 22), 0, 2);
	*at(ESP, 16) = 2;
	put(at(ESP, 36), FAT32_SECTORS, 4);
	put(at(ESP, 40), flags, 2);
	put(at(ESP, 44), 5, 4);
	for (size_t i = 0; i < sizeof(chain) / sizeof(chain[0]); i++)
		put(at(ESP + RESERVED + table * FAT32_SECTORS, chain[i][0] * 4),
		    chain[i][1] == 0xffff ? 0x0fffffff : chain[i][1], 4);
	entry_put(at(FAT32_FIRST + 5, 0), "EFI        ", 0x10, 6, 0);
	entry_put(at(FAT32_FIRST + 6, 0), "LINUX      ", 0x10, 7, 0);
	p = at(FAT32_FIRST + 7, 0);
	long_put(p, "linux-6.efi", 10, 2 * SECTOR_SIZE);
}

static void check_fat32(void)
{
	struct entry e;
	struct chain chain;
	struct extent run;

	find(&e);
	CHECK_TEXT(e.name, "linux-6.efi");
	chain = fat_chain(&e);
	run = fat_extent(&chain);
	CHECK_EQUAL(run.lba, FAT32_FIRST + 10);
	CHECK_EQUAL(run.count, 1);
	run = fat_extent(&chain);
	CHECK_EQUAL(run.lba, FAT32_FIRST + 12);
}

static void test_small_fat32(void)
{
	disk_make32(0, 0);
	check_fat32();
}

static void test_mirroring_off(void)
{
	struct entry e;

	disk_make32(0x81, 1);
	check_fat32();
	disk_make32(0x82, 0); /* there is no third one */
	CHECK_EQUAL(DIES_WITH(find(&e)), E_FAT);
}

static void walk(void *file)
{
	struct chain chain;

	for (chain = fat_chain(file); chain.left;)
		fat_extent(&chain);
}

/* Whatever does not start is passed over; how many were tried. */
static uint32_t pass_over_all(void)
{
	uint32_t n = 0;

	reads = 0;
	for (choose_open(&choice, 0); choose_next(&choice); n++) {
		failure = (struct failure){ E_DATA, "tried" };
		attempt(walk, &choice.file);
		choose_pass_over(&choice);
	}
	return n;
}

static void find_and_walk(void)
{
	reads = 0;
	for (choose_open(&choice, 0); choose_next(&choice); choose_pass_over(&choice))
		if (attempt(walk, &choice.file))
			return;
	choose_refuse();
}

/* Bytes where all that is read lies are made others; the seed is fixed. */
static void test_damage(void)
{
	static const uint32_t places[] = { 1,
					   2,
					   ESP,
					   ESP + RESERVED,
					   ESP + RESERVED + FAT_SECTORS,
					   CLUSTER_FIRST + 2,
					   CLUSTER_FIRST + 3,
					   CLUSTER_FIRST + 4 };
	/* Static, since a refusal is a longjmp. */
	static uint32_t random = 1, round, outcomes[2];

	for (round = 0; round < 4000; round++) {
		world_reset();
		disk_make();
		files_make();
		for (uint32_t n = 0; n < 1 + round % 4; n++) {
			random = random * 1664525 + 1013904223;
			*at(places[random >> 29], random >> 8 & 0x7f) = (uint8_t)(random >> 16);
		}
		outcomes[DIES_WITH(find_and_walk()) != 0]++;
	}
	CHECK(outcomes[0] > 100 && outcomes[1] > 100);
}

static void test_versions(void)
{
	/* From the older to the newer. */
	static const char *const order[] = { "122.1~rc1", "122.1",   "123~rc1-1", "123",
					     "123-a",	  "123-a.1", "123-1",	  "123-1.1",
					     "123^post1", "123.a-1", "123.1-1",	  "123a-1",
					     "124-1" };
	const size_t n = sizeof(order) / sizeof(order[0]);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			int got = version_compare(order[i], order[j]);

			if ((got > 0) - (got < 0) != (i > j) - (i < j))
				printf("  %s, %s: %d\n", order[i], order[j], got);
			CHECK((got > 0) - (got < 0) == (i > j) - (i < j));
		}
	CHECK(version_compare("linux-6.9.efi", "linux-6.10.efi") < 0);
	CHECK(version_compare("a_1", "a1") == 0);
	CHECK(version_compare("007", "7") == 0);
}

/* From the one that is chosen last to the one that is chosen first. */
static void test_images(void)
{
	static const char *const order[] = {
		"linux-6.8+0-3.efi",
		"linux-6.20+0-3.efi",
		"linux-6.20+0-2.EFI",
		"linux-6.20+00.efi",
		"linux-6.9~rc1+3.efi",
		"LINUX-6.9+1-2.EFI",
		"linux-6.9+2-4.efi",
		"linux-6.9+2-1.efi",
		"linux-6.9+2.efi",
		"linux-6.9.efi",
		"linux-6.9-1+1.efi",
		"linux-6.9^post.efi",
		"linux-6.9.1+12.efi",
		"linux-6.9.1+112.efi",
		"Linux-6.10.efi",
		"linux-6.11+rc3.efi",
		"linux-6.11+x-1.efi",
		"linux-6.12-3.efi",
		"linux-6.13+4294967296.efi",
	};
	const size_t n = sizeof(order) / sizeof(order[0]);

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++) {
			int got = version_compare_images(order[i], order[j]);

			if ((got > 0) - (got < 0) != (i > j) - (i < j))
				printf("  %s, %s: %d\n", order[i], order[j], got);
			CHECK((got > 0) - (got < 0) == (i > j) - (i < j));
		}
	/* Neither is the newer, but one must be chosen whatever their order in the directory. */
	CHECK(version_compare_images("a_1.efi", "a1.efi") != 0);
	CHECK(version_compare_images("a1.efi", "A_1.efi") ==
	      -version_compare_images("a_1.efi", "A1.efi"));
	CHECK_EQUAL(version_compare_images("OS.EFI", "os.efi"), 0);
	CHECK(version_compare_images("+0.efi", ".efi") < 0);
	CHECK(version_compare_images("", "+") < 0);
}

static void test_image_names(void)
{
	CHECK(version_is_image("a.efi"));
	CHECK(version_is_image("A+0.EfI"));
	CHECK(!version_is_image(".efi"));
	CHECK(!version_is_image("efi"));
	CHECK(!version_is_image(""));
	CHECK(!version_is_image("a.efi.old"));
}

/* What failed as often as it may is the last choice, but it is one. */
static void test_bad(void)
{
	struct entry e;

	disk_make();
	files_make();
	long_put(at(CLUSTER_FIRST + 9, 0), "linux-7+0-3.efi", 60, 1);
	find(&e);
	CHECK_TEXT(e.name, "linux-6.12.0-with-a-name-of-many-parts.efi");
	long_put(at(CLUSTER_FIRST + 9, 0), "linux-7+1-3.efi", 60, 1);
	find(&e);
	CHECK_TEXT(e.name, "linux-7+1-3.efi");
	memset(at(CLUSTER_FIRST + 3, 0), 0xe5, SECTOR_SIZE);
	long_put(at(CLUSTER_FIRST + 9, 0), "linux-7+0-3.efi", 60, 1);
	find(&e);
	CHECK_TEXT(e.name, "linux-7+0-3.efi");
}

static void expect_next(const char *name, const char *passed_over)
{
	CHECK(choose_next(&choice));
	CHECK(!strcmp(choice.file.name, name));
	CHECK_TEXT(world_said(), passed_over);
	if (!*passed_over)
		CHECK(!*world_said());
	world_reset();
}

static void fail_as(enum error e, const char *text)
{
	failure.error = e;
	snprintf(failure.text, sizeof(failure.text), "%s", text);
	choose_pass_over(&choice);
}

/* The next one is tried, with one line for each that was not started and one at the end. */
static void test_passed_over(void)
{
	disk_make();
	files_make();
	reads = 0;
	choose_open(&choice, 0);
	expect_next("linux-6.12.0-with-a-name-of-many-parts.efi", "");
	fail_as(E_DATA, "read wrong");
	expect_next("linux-6.9.0-with-a-name-of-many-parts.efi",
		    "lintel: EFI/Linux/linux-6.12.0-with-a-name-of-many-parts.efi is passed over: "
		    "read wrong\n");
	fail_as(E_NO_IMAGE, "empty");
	expect_next("BOOTX64.EFI",
		    "lintel: EFI/Linux/linux-6.9.0-with-a-name-of-many-parts.efi is passed over: "
		    "empty\n");
	fail_as(E_NO_IMAGE, "bare");
	CHECK(!choose_next(&choice));
	CHECK(!*world_said());
	CHECK_EQUAL(DIES_WITH(choose_refuse()), E_DATA);
	CHECK_TEXT(world_said(),
		   "lintel: EFI/BOOT/BOOTX64.EFI is passed over: bare\n\n"
		   "lintel: E31 EFI/Linux/linux-6.12.0-with-a-name-of-many-parts.efi: "
		   "read wrong\n");
}

/* One that fails alone is said once, in the refusal. */
static void test_only_one(void)
{
	disk_make();
	files_make();
	memcpy(at(CLUSTER_FIRST + 2, 32), "LINUY", 5);
	CHECK_EQUAL(pass_over_all(), 1);
	CHECK(!*world_said());
	CHECK_EQUAL(DIES_WITH(choose_refuse()), E_DATA);
	CHECK_TEXT(world_said(), "\nlintel: E31 EFI/BOOT/BOOTX64.EFI: tried\n");
	CHECK(!strstr(world_said(), "passed over"));
}

/* A directory that cannot be read keeps the other one from nothing. */
static void test_damaged_directory(void)
{
	disk_make();
	files_make();
	table_put(3, 3);
	reads = 0;
	choose_open(&choice, 0);
	expect_next("BOOTX64.EFI", "lintel: the partition at sector 0x40 is passed over: "
				   "FAT damaged, directory has no end");
}

/* All are tried that cannot be told apart, in the order of the directory, without their
 * terminal escapes; and there is an end, though a directory may have 65,536. */
static void test_alike(void)
{
	uint8_t *p;

	disk_make();
	files_make();
	p = long_put(at(CLUSTER_FIRST + 3, 0), "a\xe4.efi", 60, 1);
	p = long_put(p, "a\xf6.efi", 61, 1);
	p = long_put(p, "a\033.efi", 62, 1);
	memset(p, 0, (size_t)(at(CLUSTER_FIRST + 4, 0) - p));
	reads = 0;
	choose_open(&choice, 0);
	for (uint32_t cluster = 60; cluster < 63; cluster++) {
		CHECK(choose_next(&choice));
		CHECK_TEXT(choice.file.name, "a?.efi");
		CHECK_EQUAL(choice.file.cluster, cluster);
		fail_as(E_NO_IMAGE, "no");
	}
	CHECK(choose_next(&choice));
	CHECK_TEXT(choice.file.name, "BOOTX64.EFI");
}

/* As Linux shows it, so that the user finds the file of which a line speaks. */
static void test_small_letters(void)
{
	static const char *const names[] = { "OS-7.EFI", "os-7.EFI", "OS-7.efi", "os-7.efi" };
	uint8_t *p;

	disk_make();
	files_make();
	p = at(CLUSTER_FIRST + 3, 0);
	memset(p, 0, SECTOR_SIZE);
	entry_put(p, "OS-7    EFI", 0x20, 60, 1);
	for (uint8_t i = 0; i < 4; i++) {
		p[12] = (uint8_t)(i << 3);
		reads = 0;
		choose_open(&choice, 0);
		CHECK(choose_next(&choice));
		CHECK(!strcmp(choice.file.name, names[i]));
	}
}

static void test_too_many(void)
{
	static uint32_t cluster; /* 100 images in 8 clusters of 16 each, from 3 on */
	uint8_t *p = NULL;

	disk_make();
	files_make();
	for (cluster = 100; cluster < 108; cluster++) {
		p = at(CLUSTER_FIRST + cluster, 0);
		for (int i = 0; i < 16; i++)
			p = entry_put(p, "SAME    EFI", 0x20, 60, 1);
		table_put(cluster, cluster + 1);
	}
	table_put(3, 100);
	table_put(107, 0xffff);
	CHECK_EQUAL(pass_over_all(), 100 + 1);
}

static const uint8_t xbootldr_guid[] = { 0xff, 0xc2, 0x13, 0xbc, 0xe6, 0x59, 0x62, 0x42,
					 0xa3, 0x52, 0xb2, 0x75, 0xfd, 0x6f, 0x71, 0x72 };
static const uint8_t data_guid[] = { 0xa2, 0xa0, 0xd0, 0xeb, 0xe5, 0xb9, 0x33, 0x44,
				     0x87, 0xc0, 0x68, 0xb6, 0xb7, 0x26, 0x99, 0xc7 };
#define OTHER 40u /* a partition in front, with 20 sectors */

/* Entry @n of the GPT: the type of the ESP where @guid is NULL. */
static void partition_put(uint32_t n, const uint8_t *guid, uint64_t first, uint64_t last)
{
	uint8_t *p = at(2 + n / 4, n % 4 * 128);

	memcpy(p, guid ? guid : at(2, 128), 16);
	put(p + 32, first, 8);
	put(p + 40, last, 8);
	gpts_put();
}

/* ESPs first, whatever their place in the table; what has no FAT is silent but for them. */
static void test_kinds(void)
{
	struct partition p = { 0 };

	disk_make();
	partition_put(0, data_guid, 100, 110);
	partition_put(70, NULL, 120, 130);
	partition_put(100, xbootldr_guid, 140, 150);
	partition_put(127, data_guid, 160, 170);
	partition_put(126, data_guid, 1ull << 40, 1ull << 41);
	partition_open(0);
	for (const uint64_t *want = (const uint64_t[]){ ESP, 120, 140, 100, 160, 0 }; *want;
	     want++) {
		CHECK(partition_next(&p));
		CHECK_EQUAL(p.first, *want);
	}
	CHECK(!partition_next(&p));
	CHECK(!partition_next(&p));
}

static void test_kinds_mbr(void)
{
	static const uint8_t types[] = { 0x0c, 0x83, 0xea, 0xef };
	struct partition p = { 0 };

	disk_make();
	*at(1, 0) = 'X';
	for (uint32_t i = 0; i < 4; i++) {
		*at(0, 446 + i * 16 + 4) = types[i];
		put(at(0, 446 + i * 16 + 8), 100 + i, 4);
	}
	partition_open(0);
	for (const uint64_t *want = (const uint64_t[]){ 103, 102, 100, 0 }; *want; want++) {
		CHECK(partition_next(&p));
		CHECK_EQUAL(p.first, *want);
	}
	CHECK(!partition_next(&p));
}

/* An ESP without a FAT, or with a damaged one, is passed over; other partitions in silence. */
static void test_next_partition(void)
{
	static const uint8_t *const guids[] = { NULL, xbootldr_guid, data_guid };
	static const char *const said[] = { ("lintel: the partition at sector 0x28 is passed over: "
					     "no FAT file system in it\n"),
					    "", "" };
	static size_t i; /* since a refusal is a longjmp */
	struct entry e;

	for (i = 0; i < 3; i++) {
		disk_make();
		files_make();
		partition_put(0, guids[i], OTHER, OTHER + 19);
		find(&e);
		CHECK_TEXT(e.name, "linux-6.12.0");
		CHECK(!strcmp(world_said(), said[i]));
		memcpy(at(2, 0), at(2, 128), 16);
		partition_put(1, guids[i], ESP, BACKUP - 33);
		world_reset();
		find(&e);
		CHECK_TEXT(e.name, "linux-6.12.0");
		CHECK_TEXT(world_said(), said[0]);
		memcpy(at(OTHER, 0), at(ESP, 0), 64); /* larger than its partition */
		world_reset();
		find(&e);
		CHECK_TEXT(e.name, "linux-6.12.0");
		CHECK_TEXT(world_said(), "at sector 0x28 is passed over: FAT larger");
	}
}

/* One that cannot be reached, or is upside down. */
static void test_unreachable(void)
{
	struct entry e;

	disk_make();
	files_make();
	partition_put(0, NULL, 1ull << 40, 1ull << 41);
	find(&e);
	CHECK_TEXT(world_said(), "is passed over: partition beyond 2 TiB");
	partition_put(0, NULL, 20, 19);
	find(&e);
	CHECK_TEXT(world_said(), "is passed over: it ends before it begins");
	CHECK_TEXT(e.name, "linux-6.12.0");
	disk_make();
	files_make();
	partition_put(1, NULL, ESP, 1ull << 40);
	find(&e);
	CHECK_TEXT(e.name, "linux-6.12.0");
}

static void test_fat12(void)
{
	struct entry e;

	disk_make();
	files_make();
	partition_put(0, NULL, 3000, 4000);
	memcpy(at(3000, 0), at(ESP, 0), SECTOR_SIZE);
	put(at(3000, 19), 1000, 2);
	put(at(3000, 14), 2, 2);
	put(at(3000, 22), 500, 2);
	find(&e); /* FAT12 */
	CHECK_TEXT(e.name, "linux-6.12.0");
	CHECK_EQUAL(choice.partition.first, ESP);
	CHECK_TEXT(world_said(), "sector 0xbb8 is passed over: FAT12");
}

/* First sectors of NTFS, exFAT, ext4 with a loader in front, and of nothing. */
static void test_other_systems(void)
{
	static const char ntfs[] = "\xeb\x52\x90NTFS    \0\2\x08\0\0\0\0\0\0\0\xf8\0\0\x3f\0\xff\0"
				   "\0\x08\0\0\0\0\0\0\x80\0\x80\0\xff\xf7\x7f\x0e";
	static const char exfat[] = "\xeb\x76\x90"
				    "EXFAT   \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	static const struct {
		const char *bytes;
		size_t size;
	} systems[] = { { ntfs, sizeof(ntfs) }, { exfat, sizeof(exfat) }, { "\xeb\x63\x90", 4 } };
	static size_t i;
	struct entry e;

	for (i = 0; i < 3; i++) {
		disk_make();
		files_make();
		memcpy(at(2, 0), at(2, 128), 16);
		partition_put(1, data_guid, ESP, BACKUP - 33);
		partition_put(0, data_guid, OTHER, OTHER + 19);
		memcpy(at(OTHER, 0), systems[i].bytes, systems[i].size);
		put(at(OTHER, 510), 0xaa55, 2);
		find(&e);
		CHECK_TEXT(e.name, "linux-6.12.0");
		CHECK(!*world_said());
	}
}

const struct test volume_tests[] = {
	{ "volume: the newest image, with a long name and in pieces", test_newest },
	{ "volume: a directory's second cluster; a long name of another file",
	  test_second_cluster },
	{ "volume: EFI/BOOT/BOOTX64.EFI where there is no other", test_fallback },
	{ "volume: the partition by MBR", test_mbr },
	{ "volume: a damaged GPT's backup", test_backup },
	{ "volume: the backup is not at the disk's end", test_backup_elsewhere },
	{ "volume: a directory without end", test_endless },
	{ "volume: what contradicts itself is refused", test_geometry },
	{ "volume: sectors of 4,096 bytes", test_large_sectors },
	{ "volume: a file's chain leaves the volume", test_chain_leaves },
	{ "volume: a FAT32 of few clusters", test_small_fat32 },
	{ "volume: a FAT32 without mirroring", test_mirroring_off },
	{ "volume: damaged bytes never hang or overrun", test_damage },
	{ "volume: the order of versions", test_versions },
	{ "volume: the order of images, with counters of tries", test_images },
	{ "volume: what is the name of an image", test_image_names },
	{ "volume: what has no tries left is the last choice", test_bad },
	{ "volume: what does not start is passed over, with a line", test_passed_over },
	{ "volume: a single image that fails is said once", test_only_one },
	{ "volume: a damaged EFI/Linux leaves EFI/BOOT", test_damaged_directory },
	{ "volume: names that look alike are all tried", test_alike },
	{ "volume: a short name in small letters", test_small_letters },
	{ "volume: after a hundred images that fail there is an end", test_too_many },
	{ "volume: kinds of partitions in a GPT", test_kinds },
	{ "volume: kinds of partitions in an MBR", test_kinds_mbr },
	{ "volume: a partition without a FAT is passed over", test_next_partition },
	{ "volume: a partition that cannot be reached is passed over", test_unreachable },
	{ "volume: other file systems are no fault", test_other_systems },
	{ "volume: a FAT12 is passed over", test_fat12 },
	{ 0 }
};
