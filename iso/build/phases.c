// SPDX-License-Identifier: BSD-2-Clause
/*
 * What `lintel build` knows of TPMs: banks, and how a PCR is extended; and of systemd: the
 * phases of a boot.  Called by measure.c and policy.c.
 */
#include "iso/build/phases.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "iso/allocate.h"
#include "iso/reject.h"

#define BLANKS ", \t\r\n"

static const char *const banks[BANKS] = { "sha1", "sha256", "sha384", "sha512" };

/* Those that ukify knows. */
static const char *const phases[] = { "enter-initrd", "leave-initrd", "sysinit",
				      "ready",	      "shutdown",     "final" };
/* The first ones, one after the other, as systemd-measure has them. */
static const char *const usual[] = {
	"enter-initrd",
	"enter-initrd:leave-initrd",
	"enter-initrd:leave-initrd:sysinit",
	"enter-initrd:leave-initrd:sysinit:ready",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *bank_name(uint32_t i)
{
	return banks[i];
}

static bool want_bank(bool wanted[BANKS], const char *name)
{
	for (uint32_t i = 0; i < BANKS; i++)
		if (!strcasecmp(name, banks[i]))
			return wanted[i] = true;
	return false;
}

void banks_read(bool wanted[BANKS], const char *names)
{
	char *rest = joined(names ? names : "sha1,sha256,sha384,sha512", "");
	bool any = false;

	memset(wanted, 0, BANKS * sizeof(wanted[0]));
	for (char *name; (name = strtok_r(rest, BLANKS, &rest)); any = true)
		if (!want_bank(wanted, name))
			usage_error("build",
				    "--pcr-banks has \"%s\": there are sha1, sha256, sha384 and "
				    "sha512",
				    name);
	if (!any)
		usage_error("build", "--pcr-banks names no bank, leave it out for all");
}

static void check_phase(const char *path, const char *word)
{
	for (size_t i = 0; i < COUNT(phases); i++)
		if (!strcmp(word, phases[i]))
			return;
	usage_error("build",
		    "--phases has \"%s\" in \"%s\": there are enter-initrd, leave-initrd, "
		    "sysinit, ready, shutdown and final",
		    word, path);
}

/* Without a colon too many. */
static char *clean_path(const char *path)
{
	char *clean = joined("", ""), *rest = joined(path, "");

	for (char *word; (word = strtok_r(rest, ":", &rest));) {
		check_phase(path, word);
		clean = joined(*clean ? joined(clean, ":") : "", word);
	}
	return clean;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_path(struct list *paths, const char *path)
{
	for (uint32_t i = 0; i < paths->count; i++)
		if (!strcmp(paths->value[i], path))
			return;
	list_add(paths, path);
	qsort(paths->value, paths->count, sizeof(paths->value[0]), compare);
}

void phases_add(struct list *paths, const char *text)
{
	char *rest = joined(text, "");

	for (char *path; (path = strtok_r(rest, BLANKS, &rest));)
		add_path(paths, clean_path(path));
}

void phases_default(struct list *paths)
{
	if (paths->count)
		return;
	for (size_t i = 0; i < COUNT(usual); i++)
		list_add(paths, usual[i]);
}

void pcr_extend(struct digest *pcr, uint32_t bank, const struct digest *d)
{
	uint8_t both[2 * DIGEST_MAX];

	/* At first a PCR is as many zeros as its checksums have bytes. */
	pcr->size = d->size;
	memcpy(both, pcr->bytes, d->size);
	memcpy(both + d->size, d->bytes, d->size);
	*pcr = digest_of(banks[bank], (struct span){ both, 2 * (size_t)d->size });
}

void phases_extend(struct digest *pcr, uint32_t bank, const char *path)
{
	char *rest = joined(path, "");

	for (char *word; (word = strtok_r(rest, ":", &rest));) {
		struct span s = { (const uint8_t *)word, strlen(word) };
		struct digest d = digest_of(banks[bank], s);

		pcr_extend(pcr, bank, &d);
	}
}
