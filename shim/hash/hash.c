// SPDX-License-Identifier: BSD-2-Clause
/*
 * SHA-1 and SHA-2 around the block functions of Debian's libcrypto, whose assembly uses what
 * the processor has: SHA extensions, SSSE3, or neither.  Called by whatever measures or
 * checks.  Only the three objects with these functions are linked, and they need nothing but
 * OPENSSL_ia32cap_P.  Pure, any ring; changes the vector registers.
 */
#include "shim/hash/hash.h"

#include "protocol/lib.h"
#include "protocol/world.h"

#define ALGORITHMS 4
#define BLOCK_MAX 128
#define END_MARK 0x80
/* Kernels and initrds are large and stay as they are.  What is shorter costs little. */
#define KEPT_SIZE 0x10000
#define KEPT_MAX 16

/* libcrypto's name for CPUID's words: edx and ecx of leaf 1, ebx and ecx of leaf 7, ...; newer
 * versions read more of them. */
#define CAPABILITY_SSSE3 (1u << 9) /* in word 1 */
#define CAPABILITY_SHA (1u << 29)  /* in word 2 */
extern uint32_t OPENSSL_ia32cap_P[16];
uint32_t OPENSSL_ia32cap_P[16];

/* SHA-1 and SHA-256 have words of 32 bits, the others of 64. */
union state {
	uint32_t w32[8];
	uint64_t w64[8];
};

void sha1_block_data_order(union state *s, const void *p, size_t blocks);
void sha256_block_data_order(union state *s, const void *p, size_t blocks);
void sha512_block_data_order(union state *s, const void *p, size_t blocks);

/**
 * struct algorithm - FIPS 180-4, section 5.3
 * @size:  bytes of the digest
 * @block: bytes that are hashed at once; an eighth of it is the length at the end
 */
struct algorithm {
	uint16_t id, size, block;
	union state initial;
};

static const struct algorithm algorithms[ALGORITHMS] = {
	{ ALG_SHA1,
	  20,
	  64,
	  { .w32 = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 } } },
	{ ALG_SHA256,
	  32,
	  64,
	  { .w32 = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
		     0x1f83d9ab, 0x5be0cd19 } } },
	{ ALG_SHA384,
	  48,
	  128,
	  { .w64 = { 0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17, 0x152fecd8f70e5939,
		     0x67332667ffc00b31, 0x8eb44a8768581511, 0xdb0c2e0d64f98fa7,
		     0x47b5481dbefa4fa4 } } },
	{ ALG_SHA512,
	  64,
	  128,
	  { .w64 = { 0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
		     0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b,
		     0x5be0cd19137e2179 } } },
};

/* A digest that was computed before. */
struct kept {
	struct span s;
	uint16_t id;
	uint8_t digest[HASH_MAX];
};

static struct kept kept[KEPT_MAX];
static size_t kept_next;

static const struct algorithm *find(uint16_t id)
{
	for (size_t i = 0; i < ALGORITHMS; i++)
		if (algorithms[i].id == id)
			return &algorithms[i];
	return NULL;
}

size_t hash_size(uint16_t algorithm)
{
	const struct algorithm *a = find(algorithm);

	return a ? a->size : 0;
}

/* AVX is never told of: nobody has switched its registers on. */
static void prepare(void)
{
	uint32_t features = machine_vectors();

	OPENSSL_ia32cap_P[1] = features & MACHINE_SSSE3 ? CAPABILITY_SSSE3 : 0;
	OPENSSL_ia32cap_P[2] = features & MACHINE_SHA ? CAPABILITY_SHA : 0;
}

static void add_blocks(const struct algorithm *a, union state *s, const uint8_t *p, size_t n)
{
	if (!n)
		return;
	if (a->id == ALG_SHA1)
		sha1_block_data_order(s, p, n);
	else if (a->id == ALG_SHA256)
		sha256_block_data_order(s, p, n);
	else
		sha512_block_data_order(s, p, n);
}

static void put_big(uint8_t *to, uint64_t value, size_t bytes)
{
	while (bytes--) {
		to[bytes] = (uint8_t)value;
		value >>= 8;
	}
}

/* What does not fill a block, a mark, zeros, and how many bits there were. */
static void add_end(const struct algorithm *a, union state *s, struct span all)
{
	uint8_t end[2 * BLOCK_MAX] = { 0 };
	size_t rest = all.len % a->block;
	size_t n = rest + 1 + a->block / 8u <= a->block ? 1 : 2;

	if (rest)
		memcpy(end, all.p + all.len - rest, rest);
	end[rest] = END_MARK;
	put_big(end + n * a->block - 8, (uint64_t)all.len << 3, 8);
	add_blocks(a, s, end, n);
}

static void compute(const struct algorithm *a, struct span data, uint8_t *digest)
{
	_Alignas(16) union state s = a->initial;
	size_t word = a->block / 16u;

	prepare();
	add_blocks(a, &s, data.p, data.len / a->block);
	add_end(a, &s, data);
	for (size_t i = 0; i < a->size / word; i++)
		put_big(digest + i * word, word == 4 ? s.w32[i] : s.w64[i], word);
}

static const uint8_t *find_kept(uint16_t id, struct span s)
{
	for (size_t i = 0; i < KEPT_MAX; i++)
		if (kept[i].id == id && kept[i].s.p == s.p && kept[i].s.len == s.len)
			return kept[i].digest;
	return NULL;
}

static void keep(uint16_t id, struct span s, const uint8_t *digest)
{
	struct kept *k = &kept[kept_next++ % KEPT_MAX];

	k->id = id;
	k->s = s;
	memcpy(k->digest, digest, HASH_MAX);
}

bool hash_span(uint16_t algorithm, struct span s, uint8_t *digest)
{
	const struct algorithm *a = find(algorithm);
	const uint8_t *known = a && s.len >= KEPT_SIZE ? find_kept(algorithm, s) : NULL;
	uint8_t fresh[HASH_MAX] = { 0 };

	if (!a)
		return false;
	if (!known) {
		compute(a, s, fresh);
		if (s.len >= KEPT_SIZE)
			keep(algorithm, s, fresh);
		known = fresh;
	}
	memcpy(digest, known, a->size);
	return true;
}
