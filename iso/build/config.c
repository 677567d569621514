// SPDX-License-Identifier: BSD-2-Clause
/*
 * A --config file: ukify's ini file.  libinih reads the lines; this file knows what the names
 * in the sections [UKI] and [PCRSignature:NAME] mean.  Called by `lintel build` after the
 * command line is read.  The command line wins; in lists, the file's values come first.
 */
#include "iso/build/config.h"

#include <ini.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "iso/allocate.h"
#include "iso/build/request.h"
#include "iso/build/text.h"
#include "iso/reject.h"

/* Debian's libinih has these as variables: a line of any length, and "#" for comments. */
static void configure_ini(void)
{
	static char comment[] = "#";

	ini_use_stack = false;
	ini_allow_realloc = true;
	ini_max_line = TEXT_MAX;
	ini_start_comment_prefixes = comment;
	ini_inline_comment_prefixes = comment;
	ini_stop_on_first_error = true;
}

static const struct key {
	const char *name;
	size_t field;
	bool may_be_empty;
} keys[] = {
#define KEY(name, field)                                     \
	{                                                    \
		name, offsetof(struct request, field), false \
	}
#define KEY_OR_NONE(name, field)                            \
	{                                                   \
		name, offsetof(struct request, field), true \
	}
	KEY("Linux", kernel),
	KEY("Microcode", microcode),
	KEY("Cmdline", cmdline),
	KEY_OR_NONE("OSRelease", os_release),
	KEY_OR_NONE("Uname", uname),
	KEY("Splash", splash),
	KEY_OR_NONE("SBAT", sbat),
	KEY("DeviceTree", device_tree),
	KEY("Stub", stub),
	KEY("SecureBootPrivateKey", key),
	KEY("SecureBootCertificate", certificate),
	KEY("PCRBanks", pcr_banks),
	KEY("PCRPKey", pcrpkey),
	KEY("Sealed", sealed),
	KEY("Measured", measured),
#undef KEY
#undef KEY_OR_NONE
};

/* Each section whose name begins like this is about one signature. */
#define SIGNATURE "PCRSignature:"

#define KEYS (sizeof(keys) / sizeof(keys[0]))

/**
 * struct reading - a config file that is being read
 * @said: what the file says; merge() lets the command line win
 * @groups: NAME of each [PCRSignature:NAME], whose keys stand at the same place of @said's lists
 * @name: key of this line
 * @last: key of the line before: an indented line continues its value, which is allowed
 *        for Cmdline= and Initrd=
 */
struct reading {
	const char *path;
	struct request said;
	struct list groups;
	char name[64], last[64];
};

static const char **field_of(struct request *o, const struct key *k)
{
	return (const char **)(void *)((char *)o + k->field);
}

static void add_words(struct list *l, const char *value)
{
	char *words = joined(value, ""), *rest = words;

	for (char *word; (word = strtok_r(rest, " \t", &rest));)
		list_add(l, word);
}

static void set(struct reading *r, const struct key *k, const char *value)
{
	const char **field = field_of(&r->said, k);
	bool goes_on = k->field == offsetof(struct request, cmdline) && !strcmp(r->last, k->name);

	if (*field && !goes_on)
		reject(r->path, "sets %s= twice: once is enough", k->name);
	if (!*value && !k->may_be_empty)
		reject(r->path, "has %s= without a value: leave it out for none", k->name);
	*field = *field ? joined(joined(*field, "\n"), value) : joined(value, "");
}

/* ukify does not know this key.  Each line of it adds words. */
static void add_append(struct reading *r, const char *value)
{
	if (!*value)
		reject(r->path, "has Append= without a value: leave it out for none");
	list_add(&r->said.append, joined(value, ""));
}

static uint32_t group_of(struct reading *r, const char *name)
{
	uint32_t i = 0;

	while (i < r->groups.count && strcmp(r->groups.value[i], name))
		i++;
	if (i < r->groups.count)
		return i;
	list_add(&r->groups, joined(name, ""));
	list_add(&r->said.pcr_private, NULL);
	list_add(&r->said.pcr_public, NULL);
	list_add(&r->said.phases, NULL);
	return i;
}

static int take_signature(struct reading *r, const char *group, const char *name, const char *value)
{
	static const char *const known[] = { "PCRPrivateKey", "PCRPublicKey", "Phases" };
	struct list *const lists[] = { &r->said.pcr_private, &r->said.pcr_public, &r->said.phases };
	uint32_t i = group_of(r, group), n = 0;
	const char **field;

	if (!*group)
		reject(r->path, "has a section [" SIGNATURE "] without a name behind the colon");
	while (n < 3 && strcmp(name, known[n]))
		n++;
	if (n == 3)
		reject(r->path,
		       "sets %s= in [" SIGNATURE "%s]: there are PCRPrivateKey=, PCRPublicKey= and "
		       "Phases=",
		       name, group);
	if (!*value)
		reject(r->path, "has %s= without a value: leave it out for none", name);
	field = &lists[n]->value[i];
	if (*field && strcmp(name, "Phases"))
		reject(r->path, "sets %s= twice in [" SIGNATURE "%s]: once is enough", name, group);
	*field = *field ? joined(joined(*field, " "), value) : joined(value, "");
	return 1;
}

static int take(void *user, const char *section, const char *name, const char *value)
{
	struct reading *r = user;
	const struct key *k = keys;

	if (!strncmp(section, SIGNATURE, strlen(SIGNATURE)))
		return take_signature(r, section + strlen(SIGNATURE), name, value);
	if (strcmp(section, "UKI"))
		reject(r->path,
		       "has a section [%s]: only [UKI] and [" SIGNATURE "NAME] are read here",
		       section);
	snprintf(r->last, sizeof(r->last), "%s", r->name);
	snprintf(r->name, sizeof(r->name), "%s", name);
	if (!strcmp(name, "Initrd")) {
		add_words(&r->said.initrd, value);
		return 1;
	}
	if (!strcmp(name, "Append")) {
		add_append(r, value);
		return 1;
	}
	while (k < keys + KEYS && strcmp(name, k->name))
		k++;
	if (k == keys + KEYS)
		reject(r->path, "sets %s=, which is not known here: lintel(1) has the list", name);
	set(r, k, value);
	return 1;
}

/* The file's values come first. */
static void merge_list(struct list *o, struct list *said)
{
	for (uint32_t i = 0; i < o->count; i++)
		list_add(said, o->value[i]);
	*o = *said;
}

/* The command line's come first, each at the same place of all three lists. */
static void merge_signatures(struct request *o, const struct request *said)
{
	struct list *lists[] = { &o->pcr_private, &o->pcr_public, &o->phases };
	const struct list *more[] = { &said->pcr_private, &said->pcr_public, &said->phases };
	uint32_t most = 0;

	for (int i = 0; i < 3; i++)
		if (lists[i]->count > most)
			most = lists[i]->count;
	for (int i = 0; i < 3; i++) {
		while (lists[i]->count < most)
			list_add(lists[i], NULL);
		for (uint32_t n = 0; n < more[i]->count; n++)
			list_add(lists[i], more[i]->value[n]);
	}
}

static void merge(struct request *o, struct request *said)
{
	for (size_t i = 0; i < KEYS; i++)
		if (!*field_of(o, &keys[i]))
			*field_of(o, &keys[i]) = *field_of(said, &keys[i]);
	merge_list(&o->initrd, &said->initrd);
	merge_list(&o->append, &said->append);
	merge_signatures(o, said);
}

/* libinih takes an indented comment for text that continues a value. */
static void blank_comments(struct text *t)
{
	bool begins = true, comment = false;

	for (char *p = t->bytes; *p; p++) {
		if (begins && *p == '#')
			comment = true;
		if (*p == '\n')
			comment = false;
		begins = *p == '\n' || (begins && (*p == ' ' || *p == '\t'));
		if (comment)
			*p = ' ';
	}
}

void config_read(struct request *o, const char *path)
{
	struct reading r = { .path = path };
	struct text t;
	int line;

	text_open(&t, path);
	blank_comments(&t);
	configure_ini();
	line = ini_parse_string(t.bytes, take, &r);
	if (line)
		reject(path, "line %d is no NAME=VALUE, no [UKI] and no # comment", line);
	merge(o, &r.said);
}
