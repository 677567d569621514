// SPDX-License-Identifier: BSD-2-Clause
/*
 * For --measure: PCR 11 as systemd-stub extends it, section by section, and then
 * systemd-pcrphase, phase by phase.  Called by `lintel build` with the finished image.
 */
#include "iso/build/measure.h"

#include <stdio.h>
#include <string.h>

#include "iso/digest.h"
#include "iso/uki.h"

#define PCR 11

/* In the order of systemd's stub.  .pcrsig is not measured, since it signs the result. */
static const char *const measured[] = {
	".linux", ".osrel", ".cmdline", ".initrd",  ".ucode",	".splash",
	".dtb",	  ".uname", ".sbat",	".pcrpkey", ".profile",
};
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

static void extend_section(struct digest *pcr, const char *bank, const struct uki *u,
			   const char *name)
{
	struct span data = uki_section(u, name);

	if (!data.len)
		return;
	extend(pcr, bank, bytes_of(name, strlen(name) + 1));
	extend(pcr, bank, data);
}

/**
 * struct state - what one bank's PCR holds after each phase
 */
struct state {
	char hash[COUNT(phases)][DIGEST_TEXT];
};

static void compute(struct state *s, const char *bank, const struct uki *u)
{
	struct digest pcr = { .size = 0 };

	for (size_t i = 0; i < COUNT(measured); i++)
		extend_section(&pcr, bank, u, measured[i]);
	for (size_t i = 0; i < COUNT(phases); i++) {
		extend(&pcr, bank, bytes_of(phases[i], strlen(phases[i])));
		digest_print(s->hash[i], &pcr);
	}
}

static void print_lines(const struct state *states)
{
	for (size_t i = 0; i < COUNT(phases); i++) {
		printf("# PCR[%d] Phase <%s>\n", PCR, paths[i]);
		for (size_t bank = 0; bank < COUNT(banks); bank++)
			printf("%d:%s=%s\n", PCR, banks[bank], states[bank].hash[i]);
	}
}

static json_t *bank_tree(const struct state *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < COUNT(phases); i++)
		json_array_append_new(list, json_pack("{s:s, s:i, s:s}", "phase", paths[i], "pcr",
						      PCR, "hash", s->hash[i]));
	return list;
}

void measure_print(const struct uki *u, enum json_mode mode)
{
	struct state states[COUNT(banks)];
	json_t *tree = json_object();

	for (size_t bank = 0; bank < COUNT(banks); bank++) {
		compute(&states[bank], banks[bank], u);
		json_object_set_new(tree, banks[bank], bank_tree(&states[bank]));
	}
	if (mode == JSON_OFF)
		print_lines(states);
	else
		json_print(tree, mode);
	json_decref(tree);
}
