// SPDX-License-Identifier: BSD-2-Clause
/*
 * Unpacking the payload of a bzImage with libz, liblzma, libzstd and liblz4, each
 * given all input and all output at once.  In a bzImage, the last four bytes of every
 * format are the unpacked size (gzip's own trailer; for the other formats Linux's build
 * adds them after the stream).  Called by the exits that need the kernel's ELF file.
 * Pure, any ring; writes only to the output and the heap that the caller gives.
 */
#include "shim/unpack/unpack.h"

#include <lz4.h>
#include <lzma.h>
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>
#define ZLIB_CONST
#include <zlib.h>

#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/say.h"

#define SIZE_SUFFIX 4
#define HEAP_ALIGN 16

#define GZIP_MAGIC 0x8b1f
#define GZIP_WINDOW 31 /* the largest window, 15 bits, and a gzip header */
/* Enough for the decoder's state and for the window that it needs when data end too early. */
#define GZIP_HEAP 0x10000

#define XZ_MAGIC "\3757zXZ" /* fd, 7zXZ, 0 */
#define XZ_MAGIC_SIZE 6
/* What liblzma needs besides the decoder: its stream, block and index structures. */
#define XZ_MARGIN 0x10000
#define XZ_FILTER_OPTIONS 1024

#define LZ4_MAGIC 0x184c2102
#define LZ4_BLOCK (8u << 20)

/* Work memory: pieces are taken one after the other and never given back. */
struct heap {
	uint8_t *at;
	size_t left;
};

enum format_kind { UNKNOWN, GZIP, XZ, ZSTD, LZ4 };
static const char names[][5] = { "?", "gzip", "xz", "zstd", "lz4" };

static void *heap_take(struct heap *h, uint64_t count, uint64_t size)
{
	if (size && count > h->left / size)
		return NULL;
	uint64_t n = align_up(count * size, HEAP_ALIGN);
	void *p = h->at;

	if (n > h->left)
		return NULL;
	h->at += n;
	h->left -= n;
	return p;
}

static enum format_kind format_of(struct span payload)
{
	uint32_t magic = rd32(payload, 0);

	if (payload.len < XZ_MAGIC_SIZE + SIZE_SUFFIX)
		return UNKNOWN;
	if (!memcmp(payload.p, XZ_MAGIC, XZ_MAGIC_SIZE))
		return XZ;
	if (magic == ZSTD_MAGICNUMBER)
		return ZSTD;
	if (magic == LZ4_MAGIC)
		return LZ4;
	return (magic & 0xffff) == GZIP_MAGIC ? GZIP : UNKNOWN;
}

const char *unpack_format(struct span payload)
{
	return names[format_of(payload)];
}

_Noreturn static void damaged(enum format_kind kind)
{
	die(E_UNPACK, "the kernel's %s payload is damaged", names[kind]);
}

_Noreturn static void no_heap(enum format_kind kind, size_t size)
{
	die(E_UNPACK, "the kernel's %s payload needs more than %" U64 " KiB of work memory",
	    names[kind], (uint64_t)size >> 10);
}

static voidpf gzip_alloc(voidpf heap, uInt count, uInt size)
{
	return heap_take(heap, count, size);
}

static void gzip_free(voidpf heap, voidpf p)
{
	(void)heap;
	(void)p;
}

static uint64_t gzip_unpack(struct span in, uint8_t *to, uint64_t size, struct heap *heap)
{
	z_stream z = { .next_in = in.p,
		       .avail_in = (uInt)in.len,
		       .next_out = to,
		       .avail_out = (uInt)size,
		       .zalloc = gzip_alloc,
		       .zfree = gzip_free,
		       .opaque = heap };

	if (in.len > UINT32_MAX)
		damaged(GZIP);
	if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
		no_heap(GZIP, GZIP_HEAP);
	if (inflate(&z, Z_FINISH) != Z_STREAM_END || z.avail_in)
		damaged(GZIP);
	return z.total_out;
}

static void *xz_alloc(void *heap, size_t count, size_t size)
{
	return heap_take(heap, count, size);
}

static void xz_free(void *heap, void *p)
{
	(void)heap;
	(void)p;
}

/* A stream that is being unpacked. */
struct xz {
	struct span in;
	size_t at;
	uint8_t *to;
	size_t size, got;
	lzma_stream_flags flags;
	lzma_index_hash *index;
};

/*
 * Read a block's header.  Linux's build asks for a dictionary of 128 MiB; a dictionary as
 * large as the unpacked kernel is always enough.
 */
static bool xz_block(lzma_block *b, struct span in, uint64_t size, const lzma_allocator *a)
{
	b->header_size = lzma_block_header_size_decode(rd8(in, 0));
	if (!span_has(in, 0, b->header_size) || lzma_block_header_decode(b, a, in.p) != LZMA_OK)
		return false;
	for (lzma_filter *f = b->filters; f->id != LZMA_VLI_UNKNOWN; f++) {
		lzma_options_lzma *options = f->options;

		if (f->id == LZMA_FILTER_LZMA2 && options->dict_size > size)
			options->dict_size = (uint32_t)size;
	}
	return true;
}

/* The first block's header says it; xz writes the same in all blocks. */
static uint64_t xz_heap(struct span in, uint64_t size)
{
	_Alignas(HEAP_ALIGN) uint8_t options[XZ_FILTER_OPTIONS];
	struct heap heap = { options, sizeof(options) };
	lzma_allocator allocator = { xz_alloc, xz_free, &heap };
	lzma_filter filters[LZMA_FILTERS_MAX + 1];
	lzma_block block = { .filters = filters, .check = LZMA_CHECK_CRC32 };
	uint64_t need;

	if (!xz_block(&block, span_from(in, LZMA_STREAM_HEADER_SIZE), size, &allocator))
		return XZ_MARGIN;
	need = lzma_raw_decoder_memusage(filters);
	return need > UINT32_MAX - XZ_MARGIN ? UINT32_MAX : need + XZ_MARGIN;
}

/* Unpack the block at @x->at; @heap is a copy, so the next block can use the same memory. */
static void xz_unpack_block(struct xz *x, struct heap heap)
{
	size_t heap_size = heap.left;
	lzma_allocator allocator = { xz_alloc, xz_free, &heap };
	lzma_filter filters[LZMA_FILTERS_MAX + 1];
	lzma_block block = { .filters = filters, .check = x->flags.check };
	lzma_ret result;

	if (!xz_block(&block, span_from(x->in, x->at), x->size, &allocator))
		damaged(XZ);
	x->at += block.header_size;
	result = lzma_block_buffer_decode(&block, &allocator, x->in.p, &x->at, x->in.len, x->to,
					  &x->got, x->size);
	if (result == LZMA_MEM_ERROR)
		no_heap(XZ, heap_size);
	if (result != LZMA_OK || lzma_index_hash_append(x->index, lzma_block_unpadded_size(&block),
							block.uncompressed_size) != LZMA_OK)
		damaged(XZ);
}

/* The index and the footer must agree with the blocks that were read. */
static bool xz_end(struct xz *x)
{
	lzma_stream_flags footer;

	return lzma_index_hash_decode(x->index, x->in.p, &x->at, x->in.len) == LZMA_STREAM_END &&
	       x->in.len - x->at == LZMA_STREAM_HEADER_SIZE &&
	       lzma_stream_footer_decode(&footer, x->in.p + x->at) == LZMA_OK &&
	       lzma_stream_flags_compare(&x->flags, &footer) == LZMA_OK &&
	       footer.backward_size == lzma_index_hash_size(x->index);
}

static uint64_t xz_unpack(struct span in, uint8_t *to, uint64_t size, struct heap *heap)
{
	struct xz x = { .in = in, .at = LZMA_STREAM_HEADER_SIZE, .to = to, .size = size };
	lzma_allocator allocator = { xz_alloc, xz_free, heap };

	if (in.len < x.at || lzma_stream_header_decode(&x.flags, in.p) != LZMA_OK)
		damaged(XZ);
	x.index = lzma_index_hash_init(NULL, &allocator);
	if (!x.index)
		no_heap(XZ, heap->left);
	/* A block begins with the size of its header, which is not 0; the index begins with 0. */
	while (rd8(in, x.at))
		xz_unpack_block(&x, *heap);
	if (!xz_end(&x))
		damaged(XZ);
	return x.got;
}

static uint64_t zstd_unpack(struct span in, uint8_t *to, uint64_t size, struct heap *heap)
{
	ZSTD_DCtx *context = ZSTD_initStaticDCtx(heap->at, heap->left);

	if (!context)
		no_heap(ZSTD, heap->left);
	size_t got = ZSTD_decompressDCtx(context, to, size, in.p, in.len);

	if (ZSTD_isError(got))
		damaged(ZSTD);
	return got;
}

/* The magic, then blocks; each block is its compressed size and that many bytes. */
static uint64_t lz4_unpack(struct span in, uint8_t *to, uint64_t size)
{
	uint64_t at = 0, got = 0;

	while (at < in.len) {
		uint32_t length = rd32(in, at);
		uint64_t room = size - got < LZ4_BLOCK ? size - got : LZ4_BLOCK;
		struct span block = span_sub(in, at + 4, length);

		at += 4;
		if (length == LZ4_MAGIC)
			continue;
		if (!block.len || block.len > LZ4_COMPRESSBOUND(LZ4_BLOCK))
			damaged(LZ4);
		int n = LZ4_decompress_safe((const char *)block.p, (char *)to + got, (int)block.len,
					    (int)room);

		if (n < 0)
			damaged(LZ4);
		got += (uint32_t)n;
		at += length;
	}
	return got;
}

uint64_t unpack_size(struct span payload)
{
	return format_of(payload) ? rd32(payload, payload.len - SIZE_SUFFIX) : 0;
}

uint64_t unpack_heap(struct span payload)
{
	unpack_libraries();
	switch (format_of(payload)) {
	case GZIP:
		return GZIP_HEAP;
	case XZ:
		return xz_heap(payload, unpack_size(payload));
	case ZSTD:
		return ZSTD_estimateDCtxSize();
	default:
		return 0;
	}
}

void unpack(struct span payload, void *to, void *heap)
{
	struct heap work = { heap, unpack_heap(payload) };
	enum format_kind kind = format_of(payload);
	uint64_t size = unpack_size(payload), got = 0;
	struct span stream = span_sub(payload, 0, payload.len - SIZE_SUFFIX);

	switch (kind) {
	case GZIP:
		got = gzip_unpack(payload, to, size, &work);
		break;
	case XZ:
		got = xz_unpack(stream, to, size, &work);
		break;
	case ZSTD:
		got = zstd_unpack(stream, to, size, &work);
		break;
	case LZ4:
		got = lz4_unpack(stream, to, size);
		break;
	default:
		die(E_UNPACK, "the kernel's payload has an unknown format: it begins with %08x",
		    rd32(payload, 0));
	}
	if (got != size)
		die(E_UNPACK, "the kernel's %s payload gives %" U64 " bytes, its end says %" U64,
		    names[kind], got, size);
}
