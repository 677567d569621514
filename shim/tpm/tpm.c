// SPDX-License-Identifier: BSD-2-Clause
/*
 * Finding and using the TPM.  Called where a door has no firmware to measure with.  64-bit,
 * ring 0, our own page tables; touches the TPM's registers and the event log's area.
 */
#include "shim/tpm/tpm.h"

#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/say.h"
#include "protocol/tpm2.h"
#include "protocol/tpmlog.h"
#include "shim/hash/hash.h"
#include "shim/tpm/registers.h"
#include "shim/tpm/wire.h"

#define CONTROL_AREA (TPM_REGISTERS + 0x40)
#define CONTROL_SIZE 0x30
/* A TPM that tests itself, or has no time, is asked again after this. */
#define PAUSE 20

enum wire { WIRE_NONE, WIRE_FIFO, WIRE_CRB };

/**
 * struct tpm
 * @banks:   those in use; their digests are those of the last event
 * @command, @reply: what is sent and has come
 */
struct tpm {
	enum tpm_state state;
	enum wire wire;
	struct tpm2_digests banks;
	uint64_t log;
	uint32_t log_size;
	uint8_t command[TPM2_COMMAND_MAX], reply[TPM2_REPLY_MAX];
};

static struct tpm tpm = { .state = TPM_NONE };

const char *tpm_words(enum tpm_state state)
{
	static const char words[][8] = { "ready", "none", "1.2", "silent", "failed", "foreign" };

	return words[state];
}

/* Without a table nobody has said that there is a TPM, so its registers must. */
static struct tpm2_place probe(const struct map *map)
{
	struct tpm2_place place = { 0 };

	place.found = wire_may_touch(map, TPM_REGISTERS, TPM_REGISTERS_SIZE) && fifo_is_there();
	if (!place.found)
		return place;
	place.method = TPM2_START_FIFO;
	if ((read32(TPM_REGISTERS + TPM_INTERFACE) & TPM_INTERFACE_TYPE) == TPM_INTERFACE_CRB) {
		place.method = TPM2_START_CRB;
		place.control = CONTROL_AREA;
	}
	return place;
}

static enum tpm_state connect(const struct tpm2_place *place, const struct map *map)
{
	if (place->method == TPM2_START_FIFO) {
		if (!wire_may_touch(map, TPM_REGISTERS, TPM_REGISTERS_SIZE) || !fifo_is_there())
			return TPM_NONE;
		tpm.wire = WIRE_FIFO;
		return fifo_begin() ? TPM_READY : TPM_SILENT;
	}
	if (place->method != TPM2_START_CRB)
		return TPM_FOREIGN;
	if (!wire_may_touch(map, place->control & ~(uint64_t)(PAGE - 1), PAGE))
		return TPM_NONE;
	tpm.wire = WIRE_CRB;
	return crb_begin(place->control, map) ? TPM_READY : TPM_SILENT;
}

static size_t run(size_t n)
{
	struct span command = { tpm.command, n };

	return tpm.wire == WIRE_FIFO ? fifo_run(command, tpm.reply) : crb_run(command, tpm.reply);
}

/* Send the command, again while the TPM has no time for it; the reply is in tpm.reply. */
static enum tpm2_answer ask(size_t n, struct span *reply)
{
	uint64_t end = clock_after(CLOCK_COMMAND);
	enum tpm2_answer answer;
	uint32_t code;

	for (;;) {
		*reply = (struct span){ tpm.reply, run(n) };
		answer = tpm2_answer(*reply, &code);
		if (answer != TPM2_AGAIN || clock_passed(end))
			break;
		clock_pause(PAUSE);
	}
	if (answer == TPM2_ERROR || answer == TPM2_AGAIN)
		say("lintel: the TPM answers with error %x\n", code);
	return answer;
}

static enum tpm_state state_of(enum tpm2_answer answer)
{
	switch (answer) {
	case TPM2_DONE:
		return TPM_READY;
	case TPM2_IS_12:
		return TPM_12;
	case TPM2_DAMAGED:
		return TPM_SILENT;
	default:
		return TPM_FAILED;
	}
}

/* Nobody can extend a bank of unknown size. */
static void drop_unknown_banks(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < tpm.banks.n; i++) {
		if (tpm.banks.bank[i].size)
			tpm.banks.bank[n++] = tpm.banks.bank[i];
		else
			say("lintel: the TPM has PCRs of hash %x, which Lintel does not know and "
			    "leaves alone\n",
			    tpm.banks.bank[i].algorithm);
	}
	tpm.banks.n = n;
}

static enum tpm_state learn_banks(void)
{
	struct span reply;
	enum tpm2_answer answer = ask(tpm2_get_banks(tpm.command), &reply);

	/* No firmware has started it. */
	if (answer == TPM2_UNSTARTED) {
		ask(tpm2_startup(tpm.command), &reply);
		answer = ask(tpm2_get_banks(tpm.command), &reply);
	}
	if (answer != TPM2_DONE)
		return state_of(answer);
	if (!tpm2_read_banks(reply, &tpm.banks))
		return TPM_FAILED;
	drop_unknown_banks();
	return tpm.banks.n ? TPM_READY : TPM_FAILED;
}

/* Xen's hypervisor owns the machine; and whoever runs a confidential guest would be its TPM. */
static bool may_look(const struct handoff *h)
{
	return h->world == WORLD_PC && !machine_is_confidential();
}

enum tpm_state tpm_open(const struct handoff *h)
{
	struct tpm2_place place = { 0 };

	tpm.wire = WIRE_NONE;
	tpm.state = TPM_NONE;
	if (!may_look(h))
		return TPM_NONE;
	place = tpm2_of_acpi(h->rsdp);
	if (!place.found)
		place = probe(&h->map);
	if (!place.found)
		return TPM_NONE;
	tpm.log = place.log;
	tpm.log_size = wire_is_outside(&h->map, place.log, place.log_size) ? place.log_size : 0;
	tpm.state = connect(&place, &h->map);
	if (tpm.state == TPM_READY)
		tpm.state = learn_banks();
	if (tpm.state != TPM_READY)
		tpm_close();
	return tpm.state;
}

/* The digest of every bank; SHA-256 where nothing better is to be had. */
static void hash_for_banks(struct span data, const uint8_t *sha256)
{
	for (uint32_t i = 0; i < tpm.banks.n; i++) {
		struct tpm2_digest *bank = &tpm.banks.bank[i];

		if (hash_size(bank->algorithm) == bank->size &&
		    hash_span(bank->algorithm, data, bank->bytes))
			continue;
		memset(bank->bytes, 0, sizeof(bank->bytes));
		memcpy(bank->bytes, sha256, lower(SHA256_SIZE, bank->size));
	}
}

static void log_event(const struct event *e)
{
	if (!tpm.log_size || tpmlog_append(memory_at(tpm.log), tpm.log_size, e, &tpm.banks))
		return;
	say("lintel: the TPM's event log, at %" X64 ", takes no more events\n", tpm.log);
	tpm.log_size = 0;
}

bool tpm_extend(const struct event *e, uint8_t sha256[SHA256_SIZE])
{
	struct span reply;

	memset(sha256, 0, SHA256_SIZE);
	if (tpm.state != TPM_READY)
		return false;
	hash_span(ALG_SHA256, e->data, sha256);
	hash_for_banks(e->data, sha256);
	tpm.state = state_of(ask(tpm2_extend(tpm.command, e->pcr, &tpm.banks), &reply));
	if (tpm.state == TPM_READY)
		log_event(e);
	return tpm.state == TPM_READY;
}

void tpm_close(void)
{
	/* Whoever does not answer is not spoken to. */
	if (tpm.wire == WIRE_FIFO && tpm.state != TPM_SILENT)
		fifo_end();
	if (tpm.wire == WIRE_CRB && tpm.state != TPM_SILENT)
		crb_end();
	tpm.wire = WIRE_NONE;
	if (tpm.state == TPM_READY)
		tpm.state = TPM_NONE;
}
