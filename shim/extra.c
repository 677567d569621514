// SPDX-License-Identifier: BSD-2-Clause
/*
 * Makes the cpio archive of /.extra (newc; Linux, Documentation/driver-api/early-userspace/
 * buffer-format.rst).  Called by lintel_plan() when all initrds are known.  Pure C for any ring;
 * writes the UKI's section .extra, or the memory that it is given.
 */
#include "shim/extra.h"

#include "protocol/cpio.h"
#include "protocol/lib.h"
#include "protocol/number.h"

#define DIRECTORY 0040555u
#define FILE_MODE 0100444u

static const char magic[] = CPIO_MAGIC "1";
static const char directory[] = ".extra", trailer[] = "TRAILER!!!";

/**
 * struct archive - an archive that is being written
 * @begin: of the piece that is being written
 * @at:    where it goes on
 * @whole: data is copied too, so that there is one piece
 */
struct archive {
	struct handoff *h;
	uint64_t begin, at;
	bool whole;
};

static void put_number(uint8_t *to, uint32_t n)
{
	for (uint32_t i = 8; i-- > 0; n >>= 4)
		to[i] = (uint8_t) "0123456789abcdef"[n & 15];
}

static uint64_t header_size(const char *name)
{
	return align_up(CPIO_HEADER + strlen(name) + 1, 4);
}

static void put_header(struct archive *a, const char *name, uint32_t mode, uint32_t size)
{
	uint32_t n = (uint32_t)strlen(name) + 1;
	uint8_t *to = memory_at(a->at);

	memset(to, '0', CPIO_HEADER);
	memcpy(to, magic, sizeof(magic) - 1);
	put_number(to + CPIO_MODE, mode);
	put_number(to + CPIO_NLINK, 1);
	put_number(to + CPIO_FILESIZE, size);
	put_number(to + CPIO_NAMESIZE, n);
	memset(to + CPIO_HEADER, 0, (size_t)header_size(name) - CPIO_HEADER);
	memcpy(to + CPIO_HEADER, name, n);
	a->at += header_size(name);
}

static void end_piece(struct archive *a)
{
	handoff_initrd(a->h, (struct blob){ a->begin, a->at - a->begin });
	a->h->extras++;
	a->begin = a->at;
}

static void put_data(struct archive *a, struct blob data)
{
	struct span s = span_at(data.base, data.size);

	if (!a->whole) {
		end_piece(a);
		handoff_initrd(a->h, data);
		a->h->extras++;
		return;
	}
	memset((uint8_t *)memory_at(a->at) + s.len, 0, -s.len & 3);
	memcpy(memory_at(a->at), s.p, s.len);
	a->at += align_up(s.len, 4);
}

static struct blob data_of(const struct handoff *h, uint32_t i)
{
	return bundle_place(&h->uki, h->uki_base, extra_file(i)->section);
}

static void put_archive(struct archive *a)
{
	put_header(a, directory, DIRECTORY, 0);
	for (uint32_t i = 0; i < EXTRA_FILES; i++) {
		struct blob data = data_of(a->h, i);

		if (!data.size)
			continue;
		put_header(a, extra_file(i)->path, FILE_MODE, (uint32_t)data.size);
		put_data(a, data);
	}
	put_header(a, trailer, 0, 0);
	end_piece(a);
}

/* Bytes of the whole archive; 0 where there is no file for it. */
static uint64_t archive_size(const struct handoff *h)
{
	uint64_t ends = header_size(directory) + header_size(trailer), size = ends;

	for (uint32_t i = 0; i < EXTRA_FILES; i++) {
		struct blob data = data_of(h, i);

		if (data.size)
			size += header_size(extra_file(i)->path) + align_up(data.size, 4);
	}
	return size > ends ? size : 0;
}

void extra_add(struct handoff *h, uint64_t headers)
{
	uint64_t size = h->initrds && !h->extras ? archive_size(h) : 0;
	struct blob room = bundle_place(&h->uki, h->uki_base, EXTRA_ROOM);
	struct archive a = { .h = h, .whole = size <= room.size };

	if (!size || h->initrds + 2 * EXTRA_FILES + 1 > INITRDS_MAX)
		return;
	a.begin = a.at = a.whole ? room.base : headers;
	put_archive(&a);
}
