// SPDX-License-Identifier: BSD-2-Clause
/*
 * Puts the parts of an image beside each other in memory, so that they can be measured before
 * anything is written.  Called by `lintel build`.  Files are mapped where they begin at a page
 * of the image, as nearly all do; others are copied.
 */
#include "iso/build/view.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "iso/build/pack.h"
#include "iso/file.h"
#include "iso/reject.h"

static void *map(void *at, uint64_t size, int flags, const struct file *f, const char *path)
{
	/* What follows a file's end in its last page is written to, in memory only. */
	void *p = mmap(at, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | flags,
		       f ? f->fd : -1, f ? (off_t)f->base : 0);

	if (p == MAP_FAILED)
		reject(path, "cannot be mapped into memory: %s", strerror(errno));
	return p;
}

static void place(uint8_t *to, uint64_t offset, const struct part *p)
{
	const struct file *f = p->file;

	if (f && offset % PAGE == 0 && f->base % PAGE == 0 && p->size)
		map(to, p->size, MAP_FIXED, f, f->path);
	else if (f)
		file_read(f, 0, to, (size_t)p->size);
	else if (p->bytes)
		memcpy(to, p->bytes, (size_t)p->size);
	else
		memset(to, 0, (size_t)p->size);
}

struct span view_open(const struct pack *im)
{
	uint8_t *view = map(NULL, im->size, MAP_ANONYMOUS | MAP_NORESERVE, NULL, im->path);
	uint64_t offset = im->base_size;

	memcpy(view, im->base, (size_t)im->base_size);
	for (const struct part *p = im->parts; p; p = p->next) {
		place(view + offset, offset, p);
		offset += p->size;
	}
	return (struct span){ view, (size_t)im->size };
}

void view_close(struct span view)
{
	munmap((void *)(uintptr_t)view.p, view.len);
}
