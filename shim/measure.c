// SPDX-License-Identifier: BSD-2-Clause
/*
 * Measures what is about to be used: the UKI's sections, then what is not from there.  Called
 * by the doors after lintel_plan(), with the way that their world has to a TPM.  Pure C for any
 * ring; reads all files once, writes only the block's memory.
 */
#include "shim/measure.h"

#include "protocol/lib.h"
#include "protocol/measure.h"
#include "protocol/say.h"
#include "protocol/text.h"
#include "shim/leave.h"
#include "shim/lintel.h"

/* TCG PC Client Platform Firmware Profile 1.06, section 10.4.2.3: TCG_PCClientTaggedEvent.
 * Numbers and texts as Linux's EFI stub has them (drivers/firmware/efi/libstub). */
struct tagged {
	uint32_t id, size;
	char text[28];
};
static const struct tagged load_options = { 0x8f3b22ed, 26, "LOADED_IMAGE::LoadOptions" };
static const struct tagged initrd = { 0x8f3b22ec, 13, "Linux initrd" };
static const uint16_t kernel_name[] = { 'l', 'i', 'n', 'u', 'x', 0 };

/* What came of it so far: a bit for each PCR. */
static struct {
	extend_fn *extend;
	uint32_t done, failed;
} state;

static bool extend(const struct event *e, uint8_t sha256[SHA256_SIZE])
{
	uint32_t bit = 1u << e->pcr;
	bool taken = state.extend(e, sha256);

	if (taken)
		state.done |= bit;
	else if (!(state.failed & bit))
		say("lintel: the TPM does not take a measurement into PCR %u\n", e->pcr);
	if (!taken)
		state.failed |= bit;
	return taken;
}

static void report_digest(struct handoff *h, const char *name, const uint8_t sha256[SHA256_SIZE])
{
	static const uint8_t none[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1];

	if (!memcmp(sha256, none, SHA256_SIZE))
		return;
	format_hex(text, sha256, SHA256_SIZE);
	handoff_report(h, "digest", "%s:%s", name, text);
}

static void measure_uki(struct handoff *h)
{
	uint8_t digest[MEASURED_SECTIONS][SHA256_SIZE];

	measure_sections(&h->uki, h->uki_base, extend, digest);
	/* Of a sealed image the report has them already. */
	for (uint32_t i = 0; i < MEASURED_SECTIONS && !h->seal.sealed; i++)
		report_digest(h, measured_section(i), digest[i]);
}

static void measure_kernel(struct handoff *h)
{
	struct event e = { .pcr = PCR_FILES,
			   .type = EV_IPL,
			   .data = span_at(h->kernel.base, h->kernel.size),
			   .text = { (const uint8_t *)kernel_name, sizeof(kernel_name) } };
	uint8_t sha256[SHA256_SIZE];

	if (extend(&e, sha256))
		report_digest(h, "linux", sha256);
}

/* A part of the command line in UTF-16 with its NUL, as UEFI has load options. */
static struct span wide_words(const struct handoff *h, const struct plan *p, struct words w)
{
	uint16_t *to = memory_at(p->block.base + LEAVE_BOOT_PARAMS);
	char text[CMDLINE_MAX + 1];

	memcpy(text, h->cmdline + w.at, w.len);
	text[w.len] = '\0';
	return (struct span){ (const uint8_t *)to,
			      (text_to_utf16(to, CMDLINE_MAX + 1, text) + 1) * sizeof(*to) };
}

static void measure_words(struct handoff *h, const struct plan *p, struct words w)
{
	struct event e = { .pcr = PCR_ADDED, .type = EV_IPL };
	uint8_t sha256[SHA256_SIZE];

	if (!w.len)
		return;
	e.data = e.text = wide_words(h, p, w);
	extend(&e, sha256);
}

static void measure_tagged(const struct tagged *tag, struct span data)
{
	struct event e = { .pcr = PCR_FILES,
			   .type = EV_EVENT_TAG,
			   .data = data,
			   .text = { (const uint8_t *)tag, 8 + tag->size } };
	uint8_t sha256[SHA256_SIZE];

	extend(&e, sha256);
}

static void measure_all(struct handoff *h, const struct plan *p)
{
	if (bundle_is_uki(&h->uki))
		measure_uki(h);
	else
		measure_kernel(h);
	measure_words(h, p, h->given.loader);
	measure_words(h, p, h->given.smbios);
	if (h->cmdline[0])
		measure_tagged(&load_options,
			       wide_words(h, p, (struct words){ 0, (uint32_t)strlen(h->cmdline) }));
	for (uint32_t i = 0; i < h->initrds - h->extras; i++)
		measure_tagged(&initrd, span_at(h->initrd[i].base, h->initrd[i].size));
}

static void report_pcrs(struct handoff *h, uint32_t pcrs)
{
	for (uint32_t i = 0; i < 32; i++)
		if (pcrs & 1u << i)
			handoff_report(h, "pcr", "%u", i);
}

uint32_t measure(struct handoff *h, const struct plan *p, extend_fn *extend_there, const char *tpm)
{
	handoff_report(h, "tpm", "%s", tpm);
	state.extend = extend_there;
	state.done = state.failed = 0;
	if (extend_there)
		measure_all(h, p);
	if (h->seal.must_measure && (state.failed || !state.done))
		die(E_MEASURE, "the image must be measured, and the TPM %s",
		    extend_there ? "does not take it" : tpm);
	report_pcrs(h, state.done & ~state.failed);
	return state.done & ~state.failed;
}
