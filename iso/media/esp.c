// SPDX-License-Identifier: BSD-2-Clause
/*
 * The EFI system partition of a medium, which mtools fills.  Called by `lintel iso` and
 * `lintel disk`.
 */
#include "iso/media/esp.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "iso/allocate.h"
#include "iso/examine.h"
#include "iso/file.h"
#include "iso/media/media.h"
#include "iso/media/program.h"
#include "iso/output.h"
#include "iso/reject.h"
#include "protocol/span.h"

#define CHUNK (1u << 20)

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
	struct span want = examine_file(image);
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
	struct span want = examine_file(image);
	uint8_t sector[MEDIA_SECTOR];

	for (uint64_t at = from; read_at(medium, at, sector, sizeof(sector)); at += sizeof(sector))
		if (!memcmp(sector, want.p, sizeof(sector)) && is_image_at(medium, at, image))
			return at;
	reject(image->path, "does not lie in one piece on the medium: is mtools in order?");
}
