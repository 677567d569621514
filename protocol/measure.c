// SPDX-License-Identifier: BSD-2-Clause
/*
 * The events that a UKI's sections make (UAPI.5 Unified Kernel Image, "UKI TPM PCR
 * measurements").  Called by the image before it uses its sections, and by `lintel build` to
 * tell what PCR 11 will be.  Pure C for any world; reads the file's bytes.
 */
#include "protocol/measure.h"

#include "protocol/lib.h"
#include "protocol/text.h"

/* In the order of systemd's stub, versions 252 to 262, which has only ever added at the end.
 * .pcrsig is not among them: it signs the result. */
static const char names[MEASURED_SECTIONS][BUNDLE_NAME] = {
	".linux", ".osrel", ".cmdline", ".initrd",  ".ucode",	".splash", ".dtb",
	".uname", ".sbat",  ".pcrpkey", ".profile", ".dtbauto", ".hwids",  ".efifw",
};

const char *measured_section(uint32_t i)
{
	return names[i];
}

static bool measure(struct span data, const char *name, extend_fn *extend,
		    uint8_t digest[SHA256_SIZE])
{
	uint16_t text[BUNDLE_NAME];
	size_t n = text_to_utf16(text, BUNDLE_NAME, name) + 1;
	struct event e = { .pcr = PCR_IMAGE,
			   .type = EV_IPL,
			   .data = data,
			   .text = { (const uint8_t *)text, n * sizeof(text[0]) } };

	return extend(&e, digest);
}

bool measure_sections(const struct bundle *b, uint64_t base, extend_fn *extend,
		      uint8_t digest[MEASURED_SECTIONS][SHA256_SIZE])
{
	memset(digest, 0, MEASURED_SECTIONS * sizeof(digest[0]));
	for (uint32_t i = 0; i < MEASURED_SECTIONS; i++) {
		struct blob s = bundle_place(b, base, names[i]);
		struct span name = { (const uint8_t *)names[i], strlen(names[i]) + 1 };
		uint8_t of_name[SHA256_SIZE];

		if (s.size && !(measure(name, names[i], extend, of_name) &&
				measure(span_at(s.base, s.size), names[i], extend, digest[i])))
			return false;
	}
	return true;
}
