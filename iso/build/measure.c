// SPDX-License-Identifier: BSD-2-Clause
/*
 * For --measure: PCR 11 as Lintel and systemd's stub extend it, section by section, and then
 * systemd-pcrphase, phase by phase.  Called by `lintel build` with the finished image.
 */
#include "iso/build/measure.h"

#include <stdio.h>
#include <string.h>

#include "iso/digest.h"
#include "iso/uki.h"
#include "protocol/measure.h"

static const char *const banks[] = { "sha1", "sha256", "sha384", "sha512" };
static const char *const phases[] = { "enter-initrd", "leave-initrd", "sysinit", "ready" };
/* All phases up to this one. */
static const char *const paths[] = {
	"enter-initrd",
	"enter-initrd:leave-initrd",
	"enter-initrd:leave-initrd:sysinit",
	"enter-initrd:leave-initrd:sysinit:ready",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* PCR = H(PCR, H(data)) */
static void extend(struct digest *pcr, const char *bank, struct span data)
{
	struct digest d = digest_of(bank, data);
	uint8_t both[2 * DIGEST_MAX];

	/* At first a PCR is as many zeros as its checksums have bytes. */
	pcr->size = d.size;
	memcpy(both, pcr->bytes, d.size);
	memcpy(both + d.size, d.bytes, d.size);
	*pcr = digest_of(bank, (struct span){ both, 2 * (size_t)d.size });
}

static struct span bytes_of(const char *text, size_t size)
{
	return (struct span){ (const uint8_t *)text, size };
}

/**
 * struct state - what one bank's PCR holds after each phase
 */
struct state {
	char hash[COUNT(phases)][DIGEST_TEXT];
};

/* What the sections make of PCR 11, in each bank. */
static struct digest pcrs[COUNT(banks)];

/* The host tool's TPM. */
static bool extend_all(const struct event *e, uint8_t sha256[SHA256_SIZE])
{
	for (size_t bank = 0; bank < COUNT(banks); bank++)
		extend(&pcrs[bank], banks[bank], e->data);
	memcpy(sha256, digest_of("sha256", e->data).bytes, SHA256_SIZE);
	return true;
}

static void measure(const struct uki *u)
{
	uint8_t digest[MEASURED_SECTIONS][SHA256_SIZE];

	measure_sections(&u->bundle, (uintptr_t)u->bytes.p, extend_all, digest);
}

static void compute(struct state *s, size_t bank)
{
	struct digest pcr = pcrs[bank];

	for (size_t i = 0; i < COUNT(phases); i++) {
		extend(&pcr, banks[bank], bytes_of(phases[i], strlen(phases[i])));
		digest_print(s->hash[i], &pcr);
	}
}

static void print_lines(const struct state *states)
{
	for (size_t i = 0; i < COUNT(phases); i++) {
		printf("# PCR[%d] Phase <%s>\n", PCR_IMAGE, paths[i]);
		for (size_t bank = 0; bank < COUNT(banks); bank++)
			printf("%d:%s=%s\n", PCR_IMAGE, banks[bank], states[bank].hash[i]);
	}
}

static json_t *bank_tree(const struct state *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < COUNT(phases); i++)
		json_array_append_new(list, json_pack("{s:s, s:i, s:s}", "phase", paths[i], "pcr",
						      PCR_IMAGE, "hash", s->hash[i]));
	return list;
}

void measure_print(const struct uki *u, enum json_mode mode)
{
	struct state states[COUNT(banks)];
	json_t *tree = json_object();

	measure(u);
	for (size_t bank = 0; bank < COUNT(banks); bank++) {
		compute(&states[bank], bank);
		json_object_set_new(tree, banks[bank], bank_tree(&states[bank]));
	}
	if (mode == JSON_OFF)
		print_lines(states);
	else
		json_print(tree, mode);
	json_decref(tree);
}
