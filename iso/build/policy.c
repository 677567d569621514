// SPDX-License-Identifier: BSD-2-Clause
/*
 * Makes the sections .pcrpkey and .pcrsig (UAPI.5 Unified Kernel Image), and tells policy
 * digests.  Called by `lintel build`: the keys are read before anything else, and the signatures
 * are made when the image has been measured, before it is written.
 *
 * The policy is TPM2_PolicyPCR (TCG TPM 2.0 Library, Part 3, section 23.7) with PCR 11 of one
 * bank.  Its digest is always SHA-256, and so is that of the signature, whatever the bank.
 */
#include "iso/build/policy.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "iso/allocate.h"
#include "iso/build/key.h"
#include "iso/build/request.h"
#include "iso/build/sections.h"
#include "iso/file.h"
#include "iso/reject.h"
#include "protocol/event.h"
#include "protocol/measure.h"

/* A digest, the command's code, the selection of PCRs, a digest. */
#define POLICY_SIZE (SHA256_SIZE + 4 + 10 + SHA256_SIZE)

static const char *value(const struct list *l, uint32_t i)
{
	return i < l->count ? l->value[i] : NULL;
}

static void read_signer(struct policy *p, const struct request *r, uint32_t i)
{
	struct signer *s = &p->signer[p->signers++];
	const char *public = value(&r->pcr_public, i), *phases = value(&r->phases, i);

	s->private = key_private(value(&r->pcr_private, i));
	if (public) {
		s->public = key_public(public);
		key_check_pair(s->private, s->public);
	}
	if (phases)
		phases_add(&s->paths, phases);
	phases_default(&s->paths);
}

/* Public keys without a private one, to be packed, or for --policy-digest. */
static void read_alone(struct policy *p, const struct request *r)
{
	for (uint32_t i = 0; i < r->pcr_public.count && !p->signers; i++)
		if (r->pcr_public.value[i])
			p->public = key_public(r->pcr_public.value[i]);
}

static void read_bytes(struct text *t, const struct file *f)
{
	t->from = f->path;
	t->size = (size_t)f->size;
	t->bytes = (char *)file_load(f, TEXT_MAX);
}

/* As ukify does: the file itself where a public key is given, whatever else is in it. */
static void find_pcrpkey(struct made *m, const struct policy *p, const struct request *r)
{
	const struct key *public = p->public;

	if (p->signers == 1)
	public = p->signer[0].public;
	if (r->pcrpkey)
	public = key_public(r->pcrpkey);
	if (public)
		read_bytes(&m->pcrpkey, public->file);
	else if (p->signers == 1)
		key_pem(&m->pcrpkey, p->signer[0].private);
}

void policy_read(struct policy *p, const struct request *r, struct made *m)
{
	banks_read(p->measured.banks, r->pcr_banks);
	p->signer = allocate(r->pcr_private.count * sizeof(*p->signer));
	for (uint32_t i = 0; i < r->pcr_private.count; i++)
		if (r->pcr_private.value[i])
			read_signer(p, r, i);
	for (uint32_t i = 0; i < r->phases.count; i++)
		if (r->phases.value[i])
			phases_add(&p->paths, r->phases.value[i]);
	phases_default(&p->paths);
	read_alone(p, r);
	find_pcrpkey(m, p, r);
}

/* TPMs have the most significant byte first. */
static uint8_t *put_big(uint8_t *to, uint32_t number, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--)
		*to++ = (uint8_t)(number >> (8 * i));
	return to;
}

static struct digest policy_digest(uint32_t bank, const struct digest *pcr)
{
	static const uint16_t algorithms[BANKS] = { 0x4, 0xb, 0xc, 0xd };
	struct digest values = digest_of("sha256", (struct span){ pcr->bytes, pcr->size });
	uint8_t bytes[POLICY_SIZE] = { 0 }, *to = bytes + SHA256_SIZE;

	to = put_big(to, 0x17f, 4);
	to = put_big(to, 1, 4);
	to = put_big(to, algorithms[bank], 2);
	/* Three bytes with a bit for each PCR, here the lowest first. */
	to = put_big(to, 3, 1);
	to[PCR_IMAGE / 8] = 1 << PCR_IMAGE % 8;
	memcpy(to + 3, values.bytes, SHA256_SIZE);
	return digest_of("sha256", (struct span){ bytes, sizeof(bytes) });
}

/* @public is for the fingerprint; without @private the signature is left to somebody else. */
static json_t *entry(const struct policy *p, uint32_t bank, const char *path,
		     const struct key *public, const struct key *private)
{
	struct digest pcr = p->measured.pcr[bank], policy;
	char text[DIGEST_TEXT];
	json_t *o;

	phases_extend(&pcr, bank, path);
	policy = policy_digest(bank, &pcr);
	digest_print(text, &policy);
	o = json_pack("{s:[i], s:s, s:s}", "pcrs", PCR_IMAGE, "pkfp", public->fingerprint, "pol",
		      text);
	if (private)
		json_object_set_new(
			o, "sig",
			json_string(key_sign(private, (struct span){ policy.bytes, policy.size })));
	return o;
}

static void add_once(json_t *list, json_t *o)
{
	size_t i;
	json_t *other;

	json_array_foreach(list, i, other)
	{
		if (!json_equal(o, other))
			continue;
		json_decref(o);
		return;
	}
	json_array_append_new(list, o);
}

/* A tree with a list for each bank that is wanted. */
static json_t *bank_lists(const struct policy *p)
{
	json_t *tree = json_object();

	for (uint32_t bank = 0; bank < BANKS; bank++)
		if (p->measured.banks[bank])
			json_object_set_new(tree, bank_name(bank), json_array());
	return tree;
}

static void add_entries(json_t *tree, const struct policy *p, const struct list *paths,
			const struct key *public, const struct key *private)
{
	for (uint32_t bank = 0; bank < BANKS; bank++)
		for (uint32_t i = 0; p->measured.banks[bank] && i < paths->count; i++)
			add_once(json_object_get(tree, bank_name(bank)),
				 entry(p, bank, paths->value[i], public, private));
}

void policy_sign(const struct policy *p, struct made *m)
{
	json_t *tree = bank_lists(p);

	for (uint32_t i = 0; i < p->signers; i++) {
		const struct signer *s = &p->signer[i];

		add_entries(tree, p, &s->paths, s->private, s->private);
	}
	m->pcrsig.from = ".pcrsig";
	m->pcrsig.bytes = json_dumps(tree, 0);
	if (!m->pcrsig.bytes)
		reject(".pcrsig", "no memory for the text");
	m->pcrsig.size = strlen(m->pcrsig.bytes);
	json_decref(tree);
}

void policy_print(const struct policy *p, enum json_mode mode)
{
	json_t *tree = bank_lists(p);

	add_entries(tree, p, &p->paths, p->public, NULL);
	json_print(tree, mode == JSON_OFF ? JSON_SHORT : mode);
	json_decref(tree);
}
