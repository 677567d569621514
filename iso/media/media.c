// SPDX-License-Identifier: BSD-2-Clause
/*
 * What `lintel iso` and `lintel disk` share.  File systems and ISOs are made by
 * Debian's programs (mtools, xorriso), which are run here; what the BIOS needs is
 * patched by us.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "iso/digest.h"
#include "iso/media/media.h"
#include "protocol/kernel.h"
#include "protocol/pe.h"
#include "shim/face/layout.h"

#define CHUNK (1u << 20)
#define CD_SHIFT 2	    /* sectors of 512 << 2 bytes */
#define EXIT_NO_PROGRAM 127 /* as the shell has it */

const char *media_parse(int argc, char **argv, const struct command *command, const char **output)
{
	static const struct option names[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *name = command->name;

	while (options_next(argc, argv, command, names, NULL) != -1) {
		if (*output)
			usage_error(name, "--output is given twice");
		*output = optarg;
	}
	if (!*output || !**output)
		usage_error(name, "--output=FILE is missing");
	if (optind + 1 != argc)
		usage_error(name, "one image is wanted, %d are given", argc - optind);
	return argv[optind];
}

bool image_is_bare(const struct file *f)
{
	struct span s = file_examine(f);
	const char *sum;
	bool bare;

	if (s.len < CODE_OFFSET || rd16(s, 0) != MZ_MAGIC ||
	    memcmp(s.p + BUNDLE_OFFSET, BUNDLE_MAGIC, sizeof(BUNDLE_MAGIC) - 1) != 0)
		reject(f->path, "is not an image of Lintel: make one with `lintel build`");
	if (f->size > UINT32_MAX)
		reject(f->path, "is larger than 4 GiB, no file of a FAT file system may be");
	sum = digest_image(s);
	bare = !bundle_find(bundle_table(s), ".linux").size;
	if (strcmp(sum, bare ? "none" : "ok") != 0)
		reject(f->path,
		       "is damaged, its image checksum is %s (`lintel inspect`): "
		       "build it again",
		       sum);
	return bare;
}

void image_check(const struct file *f)
{
	if (image_is_bare(f))
		reject(f->path, "has no kernel inside: pack one with `lintel build`");
}

size_t bios_size(void)
{
	return (size_t)(bios_end - bios_begin);
}

/* sgdisk is in /sbin, which not everybody's PATH has. */
static void path_extend(void)
{
	const char *path = getenv("PATH");
	size_t size = strlen(path ? path : "") + sizeof(":/usr/sbin:/sbin");
	char *longer = allocate(size);

	snprintf(longer, size, "%s:/usr/sbin:/sbin", path ? path : "");
	setenv("PATH", longer, 1);
	free(longer);
}

/* In the child: its words go to @said, which the user sees where it fails. */
__attribute__((noreturn)) static void program_exec(const char *const argv[], int said)
{
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(said, STDOUT_FILENO);
	dup2(said, STDERR_FILENO);
	setenv("MTOOLS_SKIP_CHECK", "1", 1);
	path_extend();
	execvp(argv[0], (char *const *)argv);
	_exit(errno == ENOENT ? EXIT_NO_PROGRAM : EXIT_NO_PROGRAM - 1);
}

static void program_repeat(FILE *said)
{
	int c;

	rewind(said);
	while ((c = fgetc(said)) != EOF)
		fputc(c, stderr);
}

void program_run(const char *package, const char *const argv[])
{
	FILE *said = tmpfile();
	pid_t child = said ? fork() : -1;
	int status = 0;

	if (child == 0)
		program_exec(argv, fileno(said));
	if (child < 0)
		reject(argv[0], "cannot be run: %s", strerror(errno));
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_PROGRAM)
		reject(argv[0], "is not installed (Debian: apt-get install %s)", package);
	if (!WIFEXITED(status) || WEXITSTATUS(status)) {
		program_repeat(said);
		reject(argv[0], "failed with status 0x%x, its own words are above",
		       (unsigned int)status);
	}
	fclose(said);
}

struct output *work_begin(const char *path)
{
	return output_begin(path);
}

void work_end(struct output *work)
{
	output_finish(work);
	unlink(work->temporary);
	work->temporary = NULL;
}

void output_extend(const struct output *o, uint64_t size)
{
	if (ftruncate(o->fd, (off_t)size) < 0)
		reject(o->path, "cannot be written: %s", strerror(errno));
}

void esp_write(const struct output *to, uint64_t at, uint64_t sectors, const char *option,
	       const struct file *image)
{
	char count[24], fat[4200];

	snprintf(count, sizeof(count), "%llu", (unsigned long long)sectors);
	snprintf(fat, sizeof(fat), "%s@@%llu", to->temporary, (unsigned long long)at);
	program_run("mtools",
		    (const char *const[]){ "mformat", "-i", fat, "-T", count, option, "::", NULL });
	program_run("mtools",
		    (const char *const[]){ "mmd", "-i", fat, "::/EFI", "::/EFI/BOOT", NULL });
	program_run("mtools", (const char *const[]){ "mcopy", "-i", fat, image->path,
						     "::/EFI/BOOT/BOOTX64.EFI", NULL });
}

static bool read_at(int fd, uint64_t off, uint8_t *buf, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = pread(fd, buf + done, n - done, (off_t)(off + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		done += (size_t)got;
	}
	return true;
}

static bool is_image_at(int medium, uint64_t at, const struct file *image)
{
	struct span want = file_examine(image);
	uint8_t *have = allocate(CHUNK);
	size_t n = CHUNK, off;

	for (off = 0; off < want.len; off += n) {
		if (n > want.len - off)
			n = want.len - off;
		if (!read_at(medium, at + off, have, n) || memcmp(have, want.p + off, n) != 0)
			break;
	}
	free(have);
	return off == want.len;
}

uint64_t esp_find_image(int medium, uint64_t from, const struct file *image)
{
	struct span want = file_examine(image);
	uint8_t sector[MEDIA_SECTOR];

	for (uint64_t at = from; read_at(medium, at, sector, sizeof(sector)); at += sizeof(sector))
		if (!memcmp(sector, want.p, sizeof(sector)) && is_image_at(medium, at, image))
			return at;
	reject(image->path, "does not lie in one piece on the medium: is mtools in order?");
}

static void first_sector_make(uint8_t *sector, uint64_t stage, uint8_t shift)
{
	put32(sector + SECTOR_STAGE_LBA, (uint32_t)(stage / MEDIA_SECTOR));
	put16(sector + SECTOR_STAGE_COUNT, (uint16_t)((bios_size() - STAGE_OFFSET) / MEDIA_SECTOR));
	sector[SECTOR_TOLD_SHIFT] = shift;
}

/* Whoever loads the stage adds up its words. */
static void stage_make(uint8_t *stage, size_t size, const struct image_place *place)
{
	uint32_t sum = STAGE_SUM_VALUE;

	put32(stage + STAGE_IMAGE_LBA, place->lba);
	put32(stage + STAGE_IMAGE_SIZE, place->size);
	for (size_t off = 0; off < size; off += 4)
		sum -= rd32((struct span){ stage, size }, off);
	put32(stage + STAGE_SUM, sum);
}

void bios_write_stage(const struct output *to, uint64_t at, const struct image_place *place)
{
	size_t size = bios_size() - STAGE_OFFSET;
	uint8_t *stage = allocate(size);

	memcpy(stage, bios_begin + STAGE_OFFSET, size);
	stage_make(stage, size, place);
	output_write_at(to, at, stage, size);
	free(stage);
}

void bios_write_el_torito(const struct output *to, uint64_t at, const struct image_place *place)
{
	uint8_t sector[SECTOR_OURS];

	memcpy(sector, bios_begin, sizeof(sector));
	first_sector_make(sector, at + STAGE_OFFSET, CD_SHIFT);
	output_write_at(to, at, sector, sizeof(sector));
	bios_write_stage(to, at + STAGE_OFFSET, place);
}

void bios_write_mbr(const struct output *to, uint64_t stage)
{
	uint8_t sector[SECTOR_OURS];

	memcpy(sector, bios_begin, sizeof(sector));
	first_sector_make(sector, stage, 0);
	output_write_at(to, 0, sector, sizeof(sector));
}
