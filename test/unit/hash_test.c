// SPDX-License-Identifier: BSD-2-Clause
/* The hashes, with each kind of code that libcrypto has for processors without AVX. */
#include "shim/hash/hash.h"
#include "test/unit/check.h"

#define MILLION 1000000
#define LENGTHS 300

/**
 * struct vector - digests in hexadecimal
 * @empty, @abc, @million: FIPS 180's examples
 * @lengths: of the digests of all lengths below LENGTHS of the bytes 1, 8, 15, ..., as Python's
 *           hashlib has it: each way to fill the last block
 */
struct vector {
	uint16_t id;
	char empty[129], abc[129], million[129], lengths[129];
};

static const struct vector vectors[] = {
	{ ALG_SHA1, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
	  "a9993e364706816aba3e25717850c26c9cd0d89d", "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
	  "6b60569190829fc0ca5f8b2961e86b7dbcb0b3af" },
	{ ALG_SHA256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	  "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
	  "5ebbf7b17a4f2bbb50cae3f26da221c90542499a6b4cbc177190a5e8cf00710d" },
	{ ALG_SHA384,
	  "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
	  "274edebfe76f65fbd51ad2f14898b95b",
	  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	  "8086072ba1e7cc2358baeca134c825a7",
	  "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b"
	  "07b8b3dc38ecc4ebae97ddd87f3d8985",
	  "e285f42eb3afbb0495ea0192c79398f8b88b6db50e863264a835d5f2296cc68c"
	  "82be917d99c7ef81ef09e0aa18cdbeb5" },
	{ ALG_SHA512,
	  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	  "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
	  "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973eb"
	  "de0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
	  "f52fbd95ee6ccb9c285b210f23057b456e31e7b9dd268f7d92985d0e9f631613"
	  "e9508b49fb7b6947a3b1d03605367c8d1f723c87d2ca37def82ccfb79c7242a7" },
};
#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static void check_digest(uint16_t id, const void *p, size_t n, const char *wanted)
{
	uint8_t digest[HASH_MAX];
	char text[2 * HASH_MAX + 1] = "";

	CHECK(hash_span(id, (struct span){ p, n }, digest));
	for (size_t i = 0; i < hash_size(id); i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	CHECK_TEXT(text, wanted);
}

static void check_lengths(const struct vector *v)
{
	/* At an odd address, since nobody promises more. */
	uint8_t bytes[LENGTHS + 1], digests[LENGTHS * HASH_MAX], *at = digests;

	for (size_t i = 0; i <= LENGTHS; i++)
		bytes[i] = (uint8_t)((i - 1) * 7 + 1);
	for (size_t n = 0; n < LENGTHS; n++, at += hash_size(v->id))
		CHECK(hash_span(v->id, (struct span){ bytes + 1, n }, at));
	check_digest(v->id, digests, (size_t)(at - digests), v->lengths);
}

static void check_vectors(uint32_t without)
{
	/* Each time at another address, or a digest that was kept would be the answer. */
	char *million = malloc(MILLION + MACHINE_SHA + MACHINE_SSSE3);

	memset(million, 'a', MILLION + MACHINE_SHA + MACHINE_SSSE3);
	world_vectors(without);
	for (const struct vector *v = vectors; v < vectors + VECTORS; v++) {
		check_digest(v->id, NULL, 0, v->empty);
		check_digest(v->id, "abc", 3, v->abc);
		check_digest(v->id, million + without, MILLION, v->million);
		check_lengths(v);
	}
	free(million);
}

static void test_hash_best(void)
{
	check_vectors(0);
}

static void test_hash_ssse3(void)
{
	check_vectors(MACHINE_SHA);
}

static void test_hash_plain(void)
{
	check_vectors(MACHINE_SHA | MACHINE_SSSE3);
}

static void test_hash_unknown(void)
{
	uint8_t digest[HASH_MAX] = { 0x55 };

	CHECK_EQUAL(hash_size(0x12), 0);
	CHECK(!hash_span(0x12, (struct span){ digest, 1 }, digest));
	CHECK_EQUAL(digest[0], 0x55);
}

/* What is long is hashed once, which shows where the bytes were changed. */
static void test_hash_once(void)
{
	static uint8_t bytes[0x10000 + 17];
	uint8_t first[HASH_MAX], again[HASH_MAX];
	struct span s = { bytes, 0x10000 };

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i >> 8 ^ i * 3);
	CHECK(hash_span(ALG_SHA256, s, first));
	bytes[0] ^= 1;
	CHECK(hash_span(ALG_SHA256, s, again));
	CHECK(!memcmp(first, again, 32));
	/* Another algorithm, another address or another length is another question. */
	for (s.p++; s.len <= 0x10010; s.len++) {
		CHECK(hash_span(ALG_SHA256, s, again));
		CHECK(memcmp(first, again, 32));
	}
	/* There were so many others that the first one is hashed again. */
	CHECK(hash_span(ALG_SHA256, (struct span){ bytes, 0x10000 }, again));
	CHECK(memcmp(first, again, 32));
}

/* A buffer may hold something else the next time. */
static void test_hash_short(void)
{
	static uint8_t bytes[0xffff];
	uint8_t first[HASH_MAX], again[HASH_MAX];

	CHECK(hash_span(ALG_SHA1, (struct span){ bytes, sizeof(bytes) }, first));
	bytes[77] ^= 1;
	CHECK(hash_span(ALG_SHA1, (struct span){ bytes, sizeof(bytes) }, again));
	CHECK(memcmp(first, again, 20));
}

const struct test hash_tests[] = { { "hash: this processor's best code", test_hash_best },
				   { "hash: without SHA extensions", test_hash_ssse3 },
				   { "hash: without SSSE3", test_hash_plain },
				   { "hash: an unknown algorithm", test_hash_unknown },
				   { "hash: long spans once", test_hash_once },
				   { "hash: short spans each time", test_hash_short },
				   { 0 } };
