// SPDX-License-Identifier: BSD-2-Clause
/*
 * The ELF file inside a bzImage, which Xen's loaders unpack and look at.  Called by `lintel
 * inspect`.  Formats that Lintel unpacks when it boots are unpacked here by the same code
 * (shim/unpack/unpack.c); Xen knows some more.
 */
#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <lintel/elf.h>

#include "iso/allocate.h"
#include "iso/compressed.h"
#include "iso/examine.h"
#include "iso/inspect/faces.h"
#include "protocol/number.h"
#include "protocol/formats.h"
#include "shim/unpack/unpack.h"

#define SIZE_SUFFIX 4
/* Far more than any kernel. */
#define SIZE_MAX_UNPACKED GIB

/**
 * struct work - unpacking, which may be refused at any point
 * @to: the ELF file, empty where the format is not known
 */
struct work {
	struct span payload;
	const char *format;
	uint8_t *memory;
	struct span to;
};

/* Prepares the libraries in an image that boots; here the host's loader has done so. */
void unpack_libraries(void)
{
}

static struct span payload_of(struct span f)
{
	struct bzimage b;

	return bzimage_open(&b, f) ? span_sub(f, b.payload, b.payload_size) : span_sub(f, 0, 0);
}

static const char *format_of(struct span payload)
{
	return rd32(payload, 0) == ELF_MAGIC ? "none" : compressed_format(payload);
}

static bool unpack_lzma(struct span in, uint8_t *to, size_t size)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret result = lzma_alone_decoder(&s, UINT64_MAX);

	s.next_in = in.p;
	s.avail_in = in.len;
	s.next_out = to;
	s.avail_out = size;
	if (result == LZMA_OK)
		result = lzma_code(&s, LZMA_FINISH);
	lzma_end(&s);
	return (result == LZMA_OK || result == LZMA_STREAM_END) && !s.avail_out;
}

static bool unpack_bzip2(struct span in, uint8_t *to, size_t size)
{
	uint32_t got = (uint32_t)size;

	return BZ2_bzBuffToBuffDecompress((char *)to, &got, (char *)(uintptr_t)in.p,
					  (uint32_t)in.len, 0, 0) == BZ_OK &&
	       got == size;
}

static void unpack_more(struct work *w, size_t size)
{
	struct span in = span_sub(w->payload, 0, w->payload.len - SIZE_SUFFIX);
	bool is_lzma = !strcmp(w->format, "lzma");

	if (is_lzma ? unpack_lzma(in, w->memory, size) : unpack_bzip2(in, w->memory, size))
		w->to = (struct span){ w->memory, size };
}

static void unpack_any(void *work)
{
	struct work *w = work;
	size_t size = w->payload.len > SIZE_SUFFIX ?
			      rd32(w->payload, w->payload.len - SIZE_SUFFIX) :
			      0;

	if (!strcmp(w->format, "none"))
		w->to = w->payload;
	if (w->to.len || !strcmp(w->format, "lzo") || !size || size > SIZE_MAX_UNPACKED)
		return;
	w->memory = allocate(size);
	if (!unpack_size(w->payload)) {
		unpack_more(w, size);
		return;
	}
	unpack(w->payload, w->memory, allocate(unpack_heap(w->payload)));
	w->to = (struct span){ w->memory, size };
}

json_t *face_payload(struct span f)
{
	struct work w = { .payload = payload_of(f) };
	const char *refusal;
	json_t *o, *inside;

	w.format = format_of(w.payload);
	if (!w.format)
		return NULL;
	o = json_pack("{s:s}", "format", w.format);
	refusal = examine_try(unpack_any, &w);
	inside = refusal ? NULL : face_elf(w.to);
	if (inside)
		json_object_update_missing(o, inside);
	else if (strcmp(w.format, "lzo") != 0)
		json_object_set_new(o, "damage",
				    json_string(refusal ? refusal : "no ELF file inside"));
	json_decref(inside);
	free(w.memory);
	return o;
}
