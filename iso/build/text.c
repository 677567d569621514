// SPDX-License-Identifier: BSD-2-Clause
/*
 * Text files as other systems write them too: a byte-order mark of UTF-8 is no text, and a
 * line may end in CR LF.  Called by `lintel build` for its options and for --config.
 */
#include "iso/build/text.h"

#include <string.h>

#include "iso/allocate.h"
#include "iso/file.h"
#include "iso/reject.h"

#define MARK "\xef\xbb\xbf"
#define MARK_SIZE (sizeof(MARK) - 1)

static void remove_mark(struct text *t)
{
	if (t->size < MARK_SIZE || memcmp(t->bytes, MARK, MARK_SIZE) != 0)
		return;
	t->size -= MARK_SIZE;
	memmove(t->bytes, t->bytes + MARK_SIZE, t->size);
}

static void join_line_ends(struct text *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->size; i++)
		if (t->bytes[i] != '\r' || i + 1 == t->size || t->bytes[i + 1] != '\n')
			t->bytes[n++] = t->bytes[i];
	t->size = n;
}

/* mkosi ends a command line like this. */
static void remove_last_nul(struct text *t)
{
	if (t->size && !t->bytes[t->size - 1])
		t->size--;
}

/* UTF-16 has a NUL in each letter of English. */
static void check_nul(const struct text *t)
{
	const char *nul = memchr(t->bytes, 0, t->size);

	if (nul)
		reject(t->from, "has a NUL byte at offset %zu: give text, in ASCII or UTF-8",
		       (size_t)(nul - t->bytes));
}

void text_open(struct text *t, const char *path)
{
	const struct file *f = file_open_stream(path, TEXT_MAX);

	t->from = f->path;
	t->size = (size_t)f->size;
	t->bytes = allocate(t->size + 1);
	memcpy(t->bytes, file_load(f, TEXT_MAX), t->size);
	remove_last_nul(t);
	check_nul(t);
	remove_mark(t);
	join_line_ends(t);
	t->bytes[t->size] = '\0';
}
