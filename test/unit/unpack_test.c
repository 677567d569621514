// SPDX-License-Identifier: BSD-2-Clause
/*
 * Unpacking: payloads as Linux's build makes them, made by the libraries' own
 * compressors; then every truncation and many changed bytes.  Output and heap are
 * allocated to the byte, so that ASan sees what is written behind them.
 */
#include "shim/unpack/unpack.h"

#include <lz4hc.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "test/unit/check.h"

#define SUFFIX 4
#define SMALL 6000
#define LZ4_BLOCK (8u << 20)
#define LARGE (LZ4_BLOCK + 123457)
#define DICTIONARY (1u << 16)
/* What this world gives for output or heap. */
#define MEMORY (64u << 20)

struct format {
	const char *name;
	/* Write the stream for @n bytes of @data to @out, which has room; its length. */
	size_t (*pack)(const uint8_t *data, size_t n, uint8_t *out, size_t room);
	bool has_checksum;
};

/* The libraries' part of the image; the host's loader has done its work. */
void unpack_libraries(void)
{
}

static size_t pack_gzip(const uint8_t *data, size_t n, uint8_t *out, size_t room)
{
	z_stream z = { .avail_in = (uInt)n, .next_out = out, .avail_out = (uInt)room };

	z.next_in = (z_const Bytef *)(uintptr_t)data;
	CHECK(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY) == Z_OK);
	CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&z);
	return z.total_out - SUFFIX; /* the trailer is the size */
}

/* Two blocks, so that the heap is enough for more than one. */
static size_t pack_xz(const uint8_t *data, size_t n, uint8_t *out, size_t room)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_options_lzma options;

	lzma_lzma_preset(&options, 6);
	options.dict_size = DICTIONARY;
	lzma_filter filters[] = { { LZMA_FILTER_X86, NULL },
				  { LZMA_FILTER_LZMA2, &options },
				  { LZMA_VLI_UNKNOWN, NULL } };

	CHECK(lzma_stream_encoder(&s, filters, LZMA_CHECK_CRC32) == LZMA_OK);
	s.next_in = data;
	s.avail_in = n / 2;
	s.next_out = out;
	s.avail_out = room;
	CHECK(lzma_code(&s, LZMA_FULL_FLUSH) == LZMA_STREAM_END);
	s.avail_in = n - n / 2;
	CHECK(lzma_code(&s, LZMA_FINISH) == LZMA_STREAM_END);
	lzma_end(&s);
	return (size_t)s.total_out;
}

static size_t pack_zstd(const uint8_t *data, size_t n, uint8_t *out, size_t room)
{
	ZSTD_CCtx *context = ZSTD_createCCtx();

	ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 9);
	ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
	size_t got = ZSTD_compress2(context, out, room, data, n);

	CHECK(!ZSTD_isError(got));
	ZSTD_freeCCtx(context);
	return got;
}

static size_t pack_zstd_frames(const uint8_t *data, size_t n, uint8_t *out, size_t room)
{
	size_t first = pack_zstd(data, n / 2, out, room);

	return first + pack_zstd(data + n / 2, n - n / 2, out + first, room - first);
}

static void put32(uint8_t *at, size_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static size_t pack_lz4(const uint8_t *data, size_t n, uint8_t *out, size_t room)
{
	size_t at = 4;

	put32(out, 0x184c2102);
	for (size_t done = 0, piece; done < n; done += piece) {
		piece = n - done < LZ4_BLOCK ? n - done : LZ4_BLOCK;
		int got = LZ4_compress_HC((const char *)data + done, (char *)out + at + 4,
					  (int)piece, (int)(room - at - 4), 4);

		CHECK(got > 0);
		put32(out + at, (size_t)got);
		at += 4 + (size_t)got;
	}
	return at;
}

static const struct format formats[] = { { "gzip", pack_gzip, true },
					 { "xz", pack_xz, true },
					 { "zstd", pack_zstd, true },
					 { "zstd", pack_zstd_frames, true },
					 { "lz4", pack_lz4, false } };
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

/* Like code: words that come again, calls among them, and some noise. */
static uint8_t *sample(size_t n)
{
	uint8_t *data = malloc(n);
	uint32_t seed = 1;

	for (size_t i = 0; i < n; i++) {
		seed = seed * 1103515245 + 12345;
		data[i] = (uint8_t)(i % 37 < 20 ? i % 37 * 7 : i % 16 ? seed >> 28 : 0xe8);
	}
	return data;
}

/* A payload of @length bytes of stream and the size. */
static struct span payload_of(const uint8_t *stream, size_t length, size_t size)
{
	uint8_t *bytes = malloc(length + SUFFIX);

	memcpy(bytes, stream, length);
	put32(bytes + length, size);
	return (struct span){ bytes, length + SUFFIX };
}

/* Unpack into memory of the exact size: E_UNPACK where that, or finding memory, failed. */
static int unpacks(struct span payload, const uint8_t *data, size_t n, bool *same)
{
	uint64_t size = unpack_size(payload), heap_size = unpack_heap(payload);
	void *to, *heap = NULL;
	int error;

	if (!size || size > MEMORY || heap_size > MEMORY)
		return E_UNPACK;
	world_reset();
	to = malloc(size);
	if (posix_memalign(&heap, 4096, heap_size))
		abort();
	error = DIES_WITH(unpack(payload, to, heap));
	*same = !error && size == n && !memcmp(to, data, n);
	free(to);
	free(heap);
	return error;
}

static void check_unpacks(const struct format *f, size_t n)
{
	size_t room = n * 2 + 4096;
	uint8_t *data = sample(n), *stream = malloc(room);
	struct span payload = payload_of(stream, f->pack(data, n, stream, room), n);
	bool same = false;

	CHECK_EQUAL(unpack_size(payload), n);
	CHECK_EQUAL(unpacks(payload, data, n, &same), 0);
	CHECK(same);
	free((void *)(uintptr_t)payload.p);
	free(stream);
	free(data);
}

static void test_unpack_small(void)
{
	for (size_t i = 0; i < FORMATS; i++)
		check_unpacks(&formats[i], SMALL);
}

static void test_unpack_large(void)
{
	for (size_t i = 0; i < FORMATS; i++)
		check_unpacks(&formats[i], LARGE);
}

/* The stream cut off anywhere, lengthened, or with another size at its end. */
static void check_ends(const struct format *f)
{
	static uint8_t stream[SMALL * 2 + 4096];
	uint8_t *data = sample(SMALL);
	size_t length = f->pack(data, SMALL, stream, sizeof(stream)), refused = 0;
	bool same;

	for (size_t n = 0; n <= length + 1; n++) {
		struct span payload = payload_of(stream, n, SMALL);

		refused += unpacks(payload, data, SMALL, &same) == E_UNPACK;
		free((void *)(uintptr_t)payload.p);
	}
	CHECK_EQUAL(refused, length + 1);
	for (size_t size = SMALL - 1; size <= SMALL + 1; size++) {
		struct span payload = payload_of(stream, length, size);

		CHECK((unpacks(payload, data, SMALL, &same) == E_UNPACK) == (size != SMALL));
		if (size != SMALL)
			CHECK_TEXT(world_said(), f->name);
		free((void *)(uintptr_t)payload.p);
	}
	free(data);
}

static void test_unpack_ends(void)
{
	for (size_t i = 0; i < FORMATS; i++)
		check_ends(&formats[i]);
}

/* Each byte changed in three ways: refused, or what a checksum vouches for. */
static void check_changes(const struct format *f)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff };
	static uint8_t stream[SMALL * 2 + 4096];
	uint8_t *data = sample(SMALL);
	size_t length = f->pack(data, SMALL, stream, sizeof(stream));
	struct span payload = payload_of(stream, length, SMALL);
	uint8_t *bytes = (uint8_t *)(uintptr_t)payload.p;

	for (size_t i = 0; i < payload.len; i++)
		for (size_t j = 0; j < sizeof(changes); j++) {
			bool same = false;

			bytes[i] ^= changes[j];
			int error = unpacks(payload, data, SMALL, &same);

			CHECK(error == E_UNPACK || (!error && (same || !f->has_checksum)));
			bytes[i] ^= changes[j];
		}
	free(bytes);
	free(data);
}

static void test_unpack_changes(void)
{
	for (size_t i = 0; i < FORMATS; i++)
		check_changes(&formats[i]);
}

static void check_unknown(struct span payload)
{
	CHECK_EQUAL(unpack_size(payload), 0);
	CHECK_EQUAL(unpack_heap(payload), 0);
	world_reset();
	CHECK_EQUAL(DIES_WITH(unpack(payload, NULL, NULL)), E_UNPACK);
}

static void test_unpack_unknown(void)
{
	static const char *const others[] = { "BZh91AY&SY payload",
					      "\x5d\0\0\0\4 lzma payload",
					      "\x89LZO\0\r\n\x1a\n payload",
					      "\177ELF payload",
					      "\x04\x22\x4d\x18 lz4 frame",
					      "",
					      "\x1f\x8b" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		check_unknown((struct span){ (const uint8_t *)others[i], strlen(others[i]) });
}

/* The heap is what the dictionary needs, or the output where that is smaller. */
static void test_unpack_xz_heap(void)
{
	static uint8_t stream[SMALL * 2 + 4096];
	uint8_t *data = sample(SMALL), *block = stream + LZMA_STREAM_HEADER_SIZE;
	size_t length = pack_xz(data, SMALL, stream, sizeof(stream));
	size_t header = (block[0] + 1u) * 4;
	struct span payload = { stream, length + SUFFIX };
	bool same = false;

	put32(stream + length, MEMORY);
	CHECK(unpack_heap(payload) >= DICTIONARY && unpack_heap(payload) < 4 * DICTIONARY);
	/* x86 filter: id, size; LZMA2: id, size, dictionary; then the header's checksum. */
	CHECK(block[4] == 0x21 && block[5] == 1);
	block[6] = 40; /* 4 GiB - 1 */
	put32(block + header - 4, lzma_crc32(block, header - 4, 0));
	CHECK(unpack_heap(payload) >= MEMORY && unpack_heap(payload) < MEMORY + 4 * DICTIONARY);
	put32(stream + length, UINT32_MAX);
	CHECK_EQUAL(unpack_heap(payload), UINT32_MAX);
	put32(stream + length, SMALL);
	CHECK_EQUAL(unpacks(payload, data, SMALL, &same), 0);
	CHECK(same);
	free(data);
}

const struct test unpack_tests[] = { { "unpack: small", test_unpack_small },
				     { "unpack: more than a block", test_unpack_large },
				     { "unpack: cut off, too long", test_unpack_ends },
				     { "unpack: changed bytes", test_unpack_changes },
				     { "unpack: other formats", test_unpack_unknown },
				     { "unpack: xz's dictionary", test_unpack_xz_heap },
				     { 0 } };
