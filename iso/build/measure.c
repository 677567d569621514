// SPDX-License-Identifier: BSD-2-Clause
/*
 * For --measure: PCR 11 as Lintel and systemd's stub extend it, section by section, and then
 * systemd-pcrphase, phase by phase.  Called by `lintel build`.
 */
#include "iso/build/measure.h"

#include <stdio.h>
#include <string.h>

#include "protocol/measure.h"

/* Whose PCRs extend_all() extends: an extend function has no argument for it. */
static struct measured *measuring;

/* The host tool's TPM. */
static bool extend_all(const struct event *e, uint8_t sha256[SHA256_SIZE])
{
	memset(sha256, 0, SHA256_SIZE);
	for (uint32_t bank = 0; bank < BANKS; bank++) {
		struct digest d;

		if (!measuring->banks[bank])
			continue;
		d = digest_of(bank_name(bank), e->data);
		pcr_extend(&measuring->pcr[bank], bank, &d);
	}
	return true;
}

void measure_image(struct measured *m, struct span image)
{
	uint8_t digest[MEASURED_SECTIONS][SHA256_SIZE];
	struct bundle b = bundle_of(image);

	measuring = m;
	measure_sections(&b, (uintptr_t)image.p, extend_all, digest);
}

static void print_bank(const struct measured *m, uint32_t bank, const char *path,
		       char text[DIGEST_TEXT])
{
	struct digest pcr = m->pcr[bank];

	phases_extend(&pcr, bank, path);
	digest_print(text, &pcr);
}

/* A PCR that nothing is measured into. */
static void print_zero(const struct measured *m, uint32_t bank, char text[DIGEST_TEXT])
{
	struct digest zero = { .size = m->pcr[bank].size };

	digest_print(text, &zero);
}

static const struct untouched {
	int pcr;
	const char *when;
} untouched[] = {
	{ PCR_ADDED, "where nothing from outside is added" },
	{ PCR_EXTENSIONS, "where there is no system extension" },
};

#define UNTOUCHED (sizeof(untouched) / sizeof(untouched[0]))

static void print_lines(const struct measured *m, const struct list *paths)
{
	char text[DIGEST_TEXT];

	for (uint32_t i = 0; i < paths->count; i++) {
		printf("# PCR[%d] Phase <%s>\n", PCR_IMAGE,
		       *paths->value[i] ? paths->value[i] : ":");
		for (uint32_t bank = 0; bank < BANKS; bank++) {
			if (!m->banks[bank])
				continue;
			print_bank(m, bank, paths->value[i], text);
			printf("%d:%s=%s\n", PCR_IMAGE, bank_name(bank), text);
		}
	}
	for (size_t i = 0; i < UNTOUCHED; i++) {
		printf("# PCR[%d] %s\n", untouched[i].pcr, untouched[i].when);
		for (uint32_t bank = 0; bank < BANKS; bank++) {
			print_zero(m, bank, text);
			if (m->banks[bank])
				printf("%d:%s=%s\n", untouched[i].pcr, bank_name(bank), text);
		}
	}
}

static json_t *bank_tree(const struct measured *m, uint32_t bank, const struct list *paths)
{
	json_t *list = json_array();
	char text[DIGEST_TEXT];

	for (uint32_t i = 0; i < paths->count; i++) {
		const char *path = paths->value[i];

		print_bank(m, bank, path, text);
		json_array_append_new(list,
				      json_pack("{s:s*, s:i, s:s}", "phase", *path ? path : NULL,
						"pcr", PCR_IMAGE, "hash", text));
	}
	print_zero(m, bank, text);
	for (size_t i = 0; i < UNTOUCHED; i++)
		json_array_append_new(
			list, json_pack("{s:i, s:s}", "pcr", untouched[i].pcr, "hash", text));
	return list;
}

void measure_print(const struct measured *m, const struct list *paths, enum json_mode mode)
{
	json_t *tree = json_object();

	for (uint32_t bank = 0; bank < BANKS; bank++)
		if (m->banks[bank])
			json_object_set_new(tree, bank_name(bank), bank_tree(m, bank, paths));
	if (mode == JSON_OFF)
		print_lines(m, paths);
	else
		json_print(tree, mode);
	json_decref(tree);
}
