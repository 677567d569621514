/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is measured: bytes that a PCR of the TPM is extended with, and the event that the log
 * has of it (TCG PC Client Platform Firmware Profile 1.06, section 10).  Declarations only;
 * any world.
 */
#ifndef PROTOCOL_EVENT_H
#define PROTOCOL_EVENT_H

#include <stdbool.h>

#include "protocol/span.h"

/* Section 10.4.1. */
#define EV_NO_ACTION 3u
#define EV_EVENT_TAG 6u
#define EV_IPL 13u

/* TCG Algorithm Registry, section 4. */
#define ALG_SHA1 0x4
#define ALG_SHA256 0xb
#define ALG_SHA384 0xc
#define ALG_SHA512 0xd
#define SHA256_SIZE 32

/**
 * struct event
 * @pcr:  0 to 23
 * @type: EV_IPL or EV_EVENT_TAG
 * @data: is hashed; each active bank of the PCR is extended with its hash
 * @text: the event's own data in the log, which is not hashed
 */
struct event {
	uint32_t pcr, type;
	struct span data, text;
};

/**
 * extend_fn - how a world measures: extends the PCR in every active bank and logs the event
 * @sha256: gets the SHA-256 of @data, or zeros if nothing has computed it
 *
 * Return: false if the TPM has not done it.
 */
typedef bool extend_fn(const struct event *e, uint8_t sha256[SHA256_SIZE]);

#endif
