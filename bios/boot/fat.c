// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads FAT16 and FAT32 (Microsoft's "FAT General Overview"): directories with long
 * names, and where a file's clusters lie.  There is only one file system, so what
 * is known of it is static data.
 * Called by boot_main(); pure but for sector_read().
 */
#include "bios/boot/fat_format.h"
#include "bios/boot/volume.h"
#include "protocol/lib.h"
#include "protocol/say.h"
#include "protocol/span.h"

#define NAME_DELETED 0xe5
#define LONG_LAST 0x40
#define LONG_CHECKSUM 13
#define LONG_LETTERS 13
#define LONG_PARTS 20
#define DIRECTORY_ENTRIES_MAX 65536

static struct fat {
	uint32_t table, data, root, root_sectors;
	uint32_t cluster_sectors, clusters;
	bool is_wide;
} fat;

static uint8_t bytes[SECTOR_SIZE];
static const struct span sector = { bytes, sizeof(bytes) };
static uint32_t sector_lba;

/* Make `sector` the sector at @lba. */
static void want_sector(uint32_t lba)
{
	if (lba != sector_lba)
		sector_read(lba, bytes);
	sector_lba = lba;
}

static uint32_t either(uint32_t small, uint32_t large)
{
	return small ? small : large;
}

/* Linux, EDK II and mkfs.fat -F tell FAT32 by this field; by the number of clusters, as on paper,
 * a small FAT32 would be read as FAT16. */
static bool is_fat32(void)
{
	return !rd16(sector, BPB_FAT_SIZE16);
}

/* The number of the FAT that is kept up to date. */
static uint32_t active_fat(void)
{
	uint32_t flags = is_fat32() ? rd16(sector, BPB_FLAGS) : 0;

	return flags & FLAG_NO_MIRROR ? flags & FLAGS_FAT : 0;
}

/* The table must have an entry for the last cluster, so no read goes beyond the table. */
static void check_clusters(uint64_t table_sectors)
{
	uint32_t max = fat.is_wide ? FAT32_CLUSTERS_MAX : FAT32_CLUSTERS_MIN - 1;

	if (!fat.is_wide && fat.clusters < FAT16_CLUSTERS_MIN)
		die(E_FAT, "FAT12 is not read, only FAT16 and FAT32; clusters: 0x%x", fat.clusters);
	if (fat.clusters > max ||
	    fat.clusters + 2 > table_sectors * (SECTOR_SIZE / (fat.is_wide ? 4 : 2)))
		die(E_FAT, "FAT shorter than its clusters need: 0x%x", fat.clusters);
}

/* Everything is computed in sectors of 512 bytes and checked against the partition's size. */
static void read_geometry(struct extent partition)
{
	uint32_t scale = rd16(sector, BPB_SECTOR_SIZE) / SECTOR_SIZE;
	uint64_t size = either(rd16(sector, BPB_FAT_SIZE16), rd32(sector, BPB_FAT_SIZE32));
	uint64_t total = either(rd16(sector, BPB_TOTAL16), rd32(sector, BPB_TOTAL32));
	uint64_t root = (uint64_t)rd16(sector, BPB_RESERVED) + rd8(sector, BPB_FATS) * size;
	uint64_t data;

	if (active_fat() >= rd8(sector, BPB_FATS))
		die(E_FAT, "FAT damaged, the one in use is number 0x%x", active_fat());
	fat.cluster_sectors = rd8(sector, BPB_CLUSTER) * scale;
	fat.root_sectors = (rd16(sector, BPB_ROOT_ENTRIES) * ENTRY_SIZE + SECTOR_SIZE - 1) /
			   SECTOR_SIZE;
	data = root * scale + fat.root_sectors;
	total *= scale;
	if (total > partition.count || data >= total || partition.lba + total > UINT32_MAX)
		die(E_FAT, "FAT larger than its partition, sectors: 0x%x", (uint32_t)total);
	fat.table = partition.lba +
		    (rd16(sector, BPB_RESERVED) + active_fat() * (uint32_t)size) * scale;
	fat.root = partition.lba + (uint32_t)root * scale;
	fat.data = partition.lba + (uint32_t)data;
	fat.clusters = (uint32_t)(total - data) / fat.cluster_sectors;
	fat.is_wide = is_fat32();
	check_clusters(size * scale);
}

/* Nothing else has numbers at all these places: NTFS has 0 FATs, exFAT has zeros. */
static bool is_fat(void)
{
	uint32_t scale = rd16(sector, BPB_SECTOR_SIZE) / SECTOR_SIZE;

	return scale && scale <= 8 && !(scale & (scale - 1)) && rd8(sector, BPB_CLUSTER) &&
	       rd8(sector, BPB_FATS) &&
	       either(rd16(sector, BPB_FAT_SIZE16), rd32(sector, BPB_FAT_SIZE32));
}

bool fat_open(struct extent partition)
{
	sector_lba = partition.lba;
	sector_read(sector_lba, bytes);
	if (!is_fat())
		return false;
	read_geometry(partition);
	if (fat.is_wide) {
		fat.root_sectors = 0;
		fat.root = rd32(sector, BPB_ROOT_CLUSTER);
	}
	return true;
}

static bool is_cluster(uint32_t cluster)
{
	return cluster >= 2 && cluster - 2 < fat.clusters;
}

static uint32_t cluster_lba(uint32_t cluster)
{
	if (!is_cluster(cluster))
		die(E_FAT, "FAT damaged, no such cluster: 0x%x", cluster);
	return fat.data + (cluster - 2) * fat.cluster_sectors;
}

static uint32_t next_cluster(uint32_t cluster)
{
	uint32_t at = cluster * (fat.is_wide ? 4 : 2);

	want_sector(fat.table + at / SECTOR_SIZE);
	at %= SECTOR_SIZE;
	return fat.is_wide ? rd32(sector, at) & 0x0fffffff : rd16(sector, at);
}

/**
 * struct directory - position in a directory
 * @cluster: where it is; 0 in the root of FAT16, which has none
 * @index:   of the next entry
 */
struct directory {
	uint32_t cluster, index;
};

static struct directory open_root(void)
{
	return (struct directory){ fat.is_wide ? fat.root : 0, 0 };
}

/* Read the sector of the next entry; false after the last. */
static bool want_entry(struct directory *d)
{
	uint32_t n = d->index * ENTRY_SIZE / SECTOR_SIZE;
	bool begins = d->index && !(d->index * ENTRY_SIZE % SECTOR_SIZE);

	if (d->index >= DIRECTORY_ENTRIES_MAX)
		die(E_FAT, "FAT damaged, directory has no end, entries: 0x%x", d->index);
	if (!d->cluster) {
		if (n >= fat.root_sectors)
			return false;
		want_sector(fat.root + n);
		return true;
	}
	if (begins && !(n % fat.cluster_sectors)) {
		d->cluster = next_cluster(d->cluster);
		if (!is_cluster(d->cluster))
			return false;
	}
	want_sector(cluster_lba(d->cluster) + n % fat.cluster_sectors);
	return true;
}

/* The next 32 bytes. */
static bool read_raw(struct directory *d, struct span *raw)
{
	if (!want_entry(d))
		return false;
	*raw = span_sub(sector, d->index * ENTRY_SIZE % SECTOR_SIZE, ENTRY_SIZE);
	d->index++;
	return rd8(*raw, 0) != 0;
}

/**
 * struct long_name - the parts of one, which come last part first
 * @next:     number of the part that must follow; 0 when the name is complete
 * @checksum: of the short name that it belongs to
 */
struct long_name {
	uint8_t next, checksum;
	bool is_one;
};

/* Names are printed, so nothing in them may move a terminal's cursor. */
static char plain(uint16_t c)
{
	return c >= ' ' && c < 0x7f ? (char)c : '?';
}

static void take_long(struct long_name *l, struct span raw, char *name)
{
	static const uint8_t places[LONG_LETTERS] = {
		1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30
	};
	uint8_t order = rd8(raw, 0), number = order & (LONG_LAST - 1);

	if (order & LONG_LAST) {
		*l = (struct long_name){ number, rd8(raw, LONG_CHECKSUM), true };
		memset(name, 0, VOLUME_NAME_MAX + 1);
	}
	if (!number || number > LONG_PARTS || number != l->next ||
	    rd8(raw, LONG_CHECKSUM) != l->checksum)
		l->is_one = false;
	if (!l->is_one)
		return;
	l->next--;
	for (uint32_t i = 0; i < LONG_LETTERS; i++) {
		uint32_t at = l->next * (uint32_t)LONG_LETTERS + i;
		uint16_t c = rd16(raw, places[i]);

		if (at < VOLUME_NAME_MAX)
			name[at] = c && c != 0xffff ? plain(c) : '\0';
	}
}

static uint8_t short_checksum(struct span raw)
{
	uint8_t sum = 0;

	for (uint32_t i = 0; i < 11; i++)
		sum = (uint8_t)((sum >> 1 | sum << 7) + rd8(raw, i));
	return sum;
}

/* "NAME    EXT" is NAME.EXT; Windows and Linux keep in two bits that it was name.ext. */
static void take_short(struct span raw, char *name)
{
	uint8_t small = rd8(raw, ENTRY_SMALL);
	uint32_t n = 0;

	memset(name, 0, VOLUME_NAME_MAX + 1);
	for (uint32_t i = 0; i < 11; i++) {
		char c = plain(rd8(raw, i));

		if (i == 8 && c != ' ')
			name[n++] = '.';
		if (small & (i < 8 ? SMALL_NAME : SMALL_SUFFIX) && c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != ' ')
			name[n++] = c;
	}
}

/* The next entry that is a file or a directory. */
static bool read_entry(struct directory *d, struct entry *e)
{
	struct long_name l = { .is_one = false };
	struct span raw;

	while (read_raw(d, &raw)) {
		uint8_t attributes = rd8(raw, ENTRY_ATTRIBUTES);

		if (rd8(raw, 0) != NAME_DELETED && (attributes & 0x3f) == ATTRIBUTE_LONG) {
			take_long(&l, raw, e->name);
			continue;
		}
		if (rd8(raw, 0) == NAME_DELETED || attributes & ATTRIBUTE_VOLUME) {
			l.is_one = false;
			continue;
		}
		if (!l.is_one || l.next || l.checksum != short_checksum(raw))
			take_short(raw, e->name);
		e->cluster = rd16(raw, ENTRY_CLUSTER);
		if (fat.is_wide)
			e->cluster |= (uint32_t)rd16(raw, ENTRY_CLUSTER_HIGH) << 16;
		e->size = rd32(raw, ENTRY_FILE_SIZE);
		e->is_directory = attributes & ATTRIBUTE_DIRECTORY;
		e->place = d->index;
		return true;
	}
	return false;
}

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool same_name(const char *a, const char *b)
{
	while (*a && upper(*a) == upper(*b)) {
		a++;
		b++;
	}
	return upper(*a) == upper(*b);
}

static bool find_entry(struct directory d, const char *name, bool is_directory, struct entry *e)
{
	while (read_entry(&d, e))
		if (e->is_directory == is_directory && same_name(e->name, name))
			return true;
	return false;
}

static bool enter_directory(struct directory *d, const char *name)
{
	struct entry e;

	if (!find_entry(*d, name, true, &e))
		return false;
	cluster_lba(e.cluster); /* refuses a number that is no cluster */
	*d = (struct directory){ e.cluster, 0 };
	return true;
}

/* Names that are equal to us (letters outside ASCII are '?') are tried in the directory's order. */
static bool is_newer(const struct entry *a, const struct entry *b)
{
	int order = version_compare_images(a->name, b->name);

	return order > 0 || (!order && a->place < b->place);
}

bool fat_find_next(struct entry *last)
{
	struct directory d = open_root();
	struct entry e, newest = { .name = "" };

	if (!enter_directory(&d, "EFI") || !enter_directory(&d, "Linux"))
		return false;
	while (read_entry(&d, &e))
		if (!e.is_directory && version_is_image(e.name) &&
		    (!last->name[0] || is_newer(last, &e)) &&
		    (!newest.name[0] || is_newer(&e, &newest)))
			newest = e;
	*last = newest;
	return newest.name[0] != '\0';
}

bool fat_find_fallback(struct entry *found)
{
	struct directory d = open_root();

	return enter_directory(&d, "EFI") && enter_directory(&d, "BOOT") &&
	       find_entry(d, "BOOTX64.EFI", false, found);
}

struct chain fat_chain(const struct entry *file)
{
	uint32_t size = fat.cluster_sectors * SECTOR_SIZE;

	return (struct chain){ file->cluster, file->size / size + (file->size % size != 0) };
}

struct extent fat_extent(struct chain *chain)
{
	struct extent run = { cluster_lba(chain->cluster), 0 };
	uint32_t last;

	do {
		last = chain->cluster;
		run.count += fat.cluster_sectors;
		chain->left--;
		chain->cluster = chain->left ? next_cluster(last) : 0;
		/* A damaged chain may go on behind the volume's last cluster. */
	} while (chain->left && chain->cluster == last + 1 && is_cluster(chain->cluster));
	return run;
}
