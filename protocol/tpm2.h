/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is said to a TPM 2.0 and what it answers (TCG TPM 2.0 Library, parts 2 and 3), and
 * where ACPI says that it is (TCG ACPI Specification 1.3, section 8).  Only bytes: how they
 * come to the TPM, shim/tpm/ knows.  Pure; any world.
 */
#ifndef PROTOCOL_TPM2_H
#define PROTOCOL_TPM2_H

#include "protocol/event.h"

/* The first bytes of a command and of a reply: a tag, the size of all, a code. */
#define TPM2_HEADER 10
/* Banks of a TPM; real ones have one to four. */
#define TPM2_BANKS_MAX 8
#define TPM2_DIGEST_MAX 64
/* The longest command is to extend all banks, the longest reply to tell which there are. */
#define TPM2_COMMAND_MAX (31 + TPM2_BANKS_MAX * (2 + TPM2_DIGEST_MAX))
#define TPM2_REPLY_MAX 1024

/** struct tpm2_digest - what a bank is extended with; @size is that of the algorithm */
struct tpm2_digest {
	uint16_t algorithm, size;
	uint8_t bytes[TPM2_DIGEST_MAX];
};

/** struct tpm2_digests - one for each bank that is in use */
struct tpm2_digests {
	uint32_t n;
	struct tpm2_digest bank[TPM2_BANKS_MAX];
};

/** tpm2_size() - bytes of a digest (TCG Algorithm Registry); 0 where the algorithm is not known */
uint16_t tpm2_size(uint16_t algorithm);

/* ---- commands; each writes at most TPM2_COMMAND_MAX bytes, and returns how many */

/** tpm2_startup() - TPM2_Startup(CLEAR), which firmware usually has done */
size_t tpm2_startup(uint8_t *to);

/** tpm2_get_banks() - TPM2_GetCapability for the PCRs of all banks */
size_t tpm2_get_banks(uint8_t *to);

/** tpm2_extend() - TPM2_PCR_Extend with the empty password */
size_t tpm2_extend(uint8_t *to, uint32_t pcr, const struct tpm2_digests *d);

/* ---- replies */

enum tpm2_answer {
	TPM2_DONE,
	TPM2_AGAIN,	/* it had no time: the same command once more */
	TPM2_UNSTARTED, /* nobody has sent TPM2_Startup, or, after a second one, somebody had */
	TPM2_IS_12,	/* the reply of a TPM 1.2 */
	TPM2_ERROR,	/* any other error */
	TPM2_DAMAGED,	/* not a reply */
};

/** tpm2_reply_size() - how long the reply that begins with these bytes is; 0 for an impossible
 *  length */
size_t tpm2_reply_size(struct span head);

/** tpm2_answer() - what a reply means; @code is set to its response code */
enum tpm2_answer tpm2_answer(struct span reply, uint32_t *code);

/**
 * tpm2_read_banks() - the banks in use, from the reply to tpm2_get_banks()
 * @d: gets algorithms and sizes, 0 where the algorithm is not known
 *
 * Return: false where the reply is damaged or names too many banks, or none.
 */
bool tpm2_read_banks(struct span reply, struct tpm2_digests *d);

/* ---- ACPI */

/* Start methods of a TPM2 table; others exist. */
#define TPM2_START_FIFO 6
#define TPM2_START_CRB 7

/**
 * struct tpm2_place
 * @found:   whether there is a TPM2 table; all else is 0 if not
 * @method:  TPM2_START_*
 * @control: address of the control area, for a CRB
 * @log:     where the event log is; @log_size 0 where the table does not tell
 */
struct tpm2_place {
	bool found;
	uint32_t method, log_size;
	uint64_t control, log;
};

/** tpm2_of_acpi() - what ACPI says; @rsdp 0 where there is no ACPI */
struct tpm2_place tpm2_of_acpi(uint64_t rsdp);

#endif
