// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads the signer's name out of a signature.  Called by face_pe.c for `lintel inspect`.
 */
#include "iso/inspect/signer.h"

#include <openssl/bio.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>

static json_t *name_text(const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	json_t *text = NULL;
	char *bytes;
	long n;

	if (!bio)
		return NULL;
	if (X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
		n = BIO_get_mem_data(bio, &bytes);
		text = json_text((struct span){ (const uint8_t *)bytes, (size_t)n });
	}
	BIO_free(bio);
	return text;
}

json_t *signer_of(struct span s)
{
	const unsigned char *p = s.p;
	PKCS7 *signature = d2i_PKCS7(NULL, &p, (long)s.len);
	STACK_OF(X509) * signers;
	json_t *text = NULL;

	if (!signature)
		return NULL;
	signers = PKCS7_get0_signers(signature, NULL, 0);
	if (sk_X509_num(signers) > 0)
		text = name_text(X509_get_subject_name(sk_X509_value(signers, 0)));
	sk_X509_free(signers);
	PKCS7_free(signature);
	return text;
}
