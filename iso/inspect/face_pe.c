// SPDX-License-Identifier: BSD-2-Clause
/*
 * Reads what UEFI firmware looks for in a file: the PE header, its checksum, and whether there
 * is a signature.  Called by `lintel inspect`; sbverify knows whether a signature is good.
 */
#include <stdio.h>
#include <string.h>

#include "iso/inspect/faces.h"
#include "iso/inspect/signer.h"
#include "protocol/bundle.h"
#include "protocol/formats.h"
#include "protocol/number.h"

/* WIN_CERTIFICATE: dwLength, wRevision, wCertificateType */
#define CERTIFICATE_HEAD 8
#define CERTIFICATE_PKCS7 2
/* Windows loads no file with more sections. */
#define PE_SECTIONS_MAX 96

/* As ImageHlp's CheckSumMappedFile: 16-bit words with carry, the field itself as 0, the size. */
static uint32_t checksum(struct span f, uint64_t field)
{
	uint64_t sum = 0;

	for (uint64_t at = 0; at < f.len; at += 2)
		if (at != field && at != field + 2)
			sum += span_has(f, at, 2) ? rd16(f, at) : rd8(f, at);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)(sum + f.len);
}

static json_t *checksum_fact(struct span f, uint64_t field)
{
	uint32_t found = rd32(f, field), right = checksum(f, field);
	char text[64];

	if (!found)
		return json_string("none");
	if (found == right)
		return json_string("ok");
	snprintf(text, sizeof(text), "wrong: 0x%x, must be 0x%x", found, right);
	return json_string(text);
}

static const char *machine_name(uint16_t machine)
{
	switch (machine) {
	case PE_MACHINE_AMD64:
		return "x86-64";
	case PE_MACHINE_I386:
		return "i386";
	case PE_MACHINE_ARM64:
		return "ARM64";
	default:
		return "other";
	}
}

static const char *subsystem_name(uint16_t subsystem)
{
	switch (subsystem) {
	case 10:
		return "EFI application";
	case 11:
		return "EFI boot service driver";
	case 12:
		return "EFI runtime driver";
	default:
		return "not EFI";
	}
}

/* One entry for each signature: the table's entries begin at multiples of 8. */
static json_t *signatures(const struct pe *pe)
{
	struct span table = span_sub(pe->file, pe->signature, pe->signature_size);
	json_t *list = json_array();
	uint64_t at = 0;

	while (span_has(table, at, CERTIFICATE_HEAD) && rd32(table, at) >= CERTIFICATE_HEAD) {
		uint32_t size = rd32(table, at);
		const char *kind = rd16(table, at + 6) == CERTIFICATE_PKCS7 ? "PKCS#7" : "other";

		struct span body = span_sub(table, at + CERTIFICATE_HEAD, size - CERTIFICATE_HEAD);

		json_array_append_new(list,
				      json_pack("{s:s, s:I, s:I, s:o*}", "kind", kind, "offset",
						(json_int_t)(pe->signature + at), "size",
						(json_int_t)size, "signer", signer_of(body)));
		at += align_up(size, 8);
	}
	return list;
}

/* Whether firmware loads two sections onto each other, and which: the later one stays. */
static bool find_overlap(const struct bundle *b, char first[BUNDLE_NAME], char second[BUNDLE_NAME])
{
	uint32_t n = bundle_sections(b) < PE_SECTIONS_MAX ? bundle_sections(b) : PE_SECTIONS_MAX;

	for (uint32_t i = 0; i < n; i++) {
		struct blob one = bundle_section(b, i, first);

		for (uint32_t j = i + 1; j < n; j++) {
			struct blob other = bundle_section(b, j, second);

			if (one.size && other.size && one.base < other.base + other.size &&
			    other.base < one.base + one.size)
				return true;
		}
	}
	return false;
}

static json_t *overlap(struct span f)
{
	char first[BUNDLE_NAME], second[BUNDLE_NAME], line[64];
	struct bundle b = bundle_of(f);

	b.loaded = true;
	if (!find_overlap(&b, first, second))
		return NULL;
	snprintf(line, sizeof(line), "%s and %s in memory", first, second);
	return json_text((struct span){ (const uint8_t *)line, strlen(line) });
}

json_t *face_pe(struct span f)
{
	struct pe pe;
	json_t *o, *over;

	if (!pe_open(&pe, f))
		return NULL;
	o = json_pack("{s:s, s:s, s:s}", "format", pe.wide ? "PE32+" : "PE32", "machine",
		      machine_name(pe.machine), "subsystem",
		      subsystem_name(RD16(f, pe.optional, struct pe_optional_header64, Subsystem)));
	json_set_number(o, "entry",
			RD32(f, pe.optional, struct pe_optional_header64, AddressOfEntryPoint));
	json_set_number(o, "image_size",
			RD32(f, pe.optional, struct pe_optional_header64, SizeOfImage));
	json_object_set_new(
		o, "checksum",
		checksum_fact(f, pe.optional + offsetof(struct pe_optional_header64, CheckSum)));
	json_object_set_new(o, "signatures", signatures(&pe));
	over = overlap(f);
	if (over)
		json_object_set_new(o, "overlap", over);
	return o;
}
