// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads keys and signs, by libcrypto.  Called by policy.c, so before anything is written.  The
 * private key's bytes are in memory only as long as it is used.
 */
#include "iso/build/key.h"

#include <openssl/crypto.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

#include "iso/allocate.h"
#include "iso/file.h"
#include "iso/reject.h"

static void refuse_memory(const struct key *k)
{
	reject(k->file->path, "cannot be used by libcrypto on this machine");
}

static void print_fingerprint(struct key *k)
{
	unsigned char *der = NULL;
	int n = i2d_PublicKey(k->pkey, &der);
	struct digest d;

	if (n <= 0)
		refuse_memory(k);
	d = digest_of("sha256", (struct span){ der, (size_t)n });
	digest_print(k->fingerprint, &d);
	OPENSSL_free(der);
}

typedef EVP_PKEY *pem_reader(BIO *, EVP_PKEY **, pem_password_cb *, void *);

static struct key *read_key(const char *path, pem_reader *read, const char *advice)
{
	const struct file *f = file_open_stream(path, TEXT_MAX);
	uint8_t *bytes = file_load(f, TEXT_MAX);
	BIO *bio = BIO_new_mem_buf(bytes, (int)f->size);
	struct key *k = allocate(sizeof(*k));

	k->file = f;
	k->pkey = bio ? read(bio, NULL, NULL, NULL) : NULL;
	BIO_free(bio);
	OPENSSL_cleanse(bytes, (size_t)f->size);
	if (!k->pkey)
		reject(k->file->path, "%s", advice);
	if (EVP_PKEY_get_base_id(k->pkey) != EVP_PKEY_RSA)
		reject(k->file->path,
		       "is a key of another kind, %s: policies of a TPM are signed with RSA, make "
		       "one by `openssl genrsa -out KEY 2048`",
		       OBJ_nid2sn(EVP_PKEY_get_base_id(k->pkey)));
	print_fingerprint(k);
	return k;
}

struct key *key_private(const char *path)
{
	return read_key(path, PEM_read_bio_PrivateKey,
			"is no private key in PEM, or its passphrase was wrong: make one by "
			"`openssl genrsa -out KEY 2048`");
}

struct key *key_public(const char *path)
{
	return read_key(path, PEM_read_bio_PUBKEY,
			"is no public key in PEM: make it by `openssl pkey -in KEY -pubout -out "
			"FILE`");
}

void key_check_pair(const struct key *private, const struct key *public)
{
	if (strcmp(private->fingerprint, public->fingerprint) != 0)
		reject(public->file->path,
		       "is not the public half of %s: keys are given in the same order, or leave "
		       "--pcr-public-key out",
		       private->file->path);
}

void key_pem(struct text *t, const struct key *k)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;
	long n;

	if (!bio || !PEM_write_bio_PUBKEY(bio, k->pkey))
		refuse_memory(k);
	n = BIO_get_mem_data(bio, &bytes);
	t->from = k->file->path;
	t->size = (size_t)n;
	t->bytes = allocate(t->size + 1);
	memcpy(t->bytes, bytes, t->size);
	BIO_free(bio);
}

char *key_sign(const struct key *k, struct span s)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t n = (size_t)EVP_PKEY_get_size(k->pkey);
	unsigned char *signature = allocate(n);
	char *text = allocate((n + 2) / 3 * 4 + 1);

	if (!context || EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, k->pkey) != 1 ||
	    EVP_DigestSign(context, signature, &n, s.p, s.len) != 1)
		refuse_memory(k);
	EVP_EncodeBlock((unsigned char *)text, signature, (int)n);
	EVP_MD_CTX_free(context);
	return text;
}
