/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policies of a TPM: that PCR 11 has the value of this image, after each of some phases.
 */
#ifndef ISO_BUILD_POLICY_H
#define ISO_BUILD_POLICY_H

#include "iso/build/measure.h"

struct key;
struct made;
struct request;

/** struct signer - a key, and the paths of phases that it signs for; @public may be NULL */
struct signer {
	struct key *private, *public;
	struct list paths;
};

/**
 * struct policy - what is measured and signed
 * @paths:    of all signers together
 * @public:   the one public key of all, or NULL
 * @measured: the image
 */
struct policy {
	struct list paths;
	struct signer *signer;
	uint32_t signers;
	struct key *public;
	struct measured measured;
};

/** policy_read() - of what was asked for; reads and checks all keys, and makes .pcrpkey */
void policy_read(struct policy *p, const struct request *r, struct made *m);

/** policy_sign() - make .pcrsig when @measured is known */
void policy_sign(const struct policy *p, struct made *m);

/** policy_print() - the digests, for somebody else to sign; to stdout, always as JSON */
void policy_print(const struct policy *p, enum json_mode mode);

#endif
