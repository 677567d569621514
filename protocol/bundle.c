// SPDX-License-Identifier: BSD-2-Clause
/*
 * Opening a UKI: a PE file whose sections .linux, .initrd and .cmdline are what is
 * to be booted (UAPI.5 Unified Kernel Image).  Called for our own image and for any module
 * that is a UKI.  Pure C for any world; reads the file's bytes.
 */
#include "protocol/formats.h"
#include "protocol/kernel.h"
#include "protocol/lib.h"
#include "protocol/say.h"

struct span bundle_table(struct span f)
{
	struct pe pe;

	return pe_open(&pe, f) ? pe.sections : span_sub(f, 0, 0);
}

bool bundle_is_signed(struct span f)
{
	struct pe pe;

	return pe_open(&pe, f) && pe.signature_size;
}

static bool is_named(struct span table, uint64_t off, const char *name)
{
	size_t n = strlen(name);
	struct span field = span_sub(table, off, 8);

	return n <= field.len && !memcmp(field.p, name, n) && (n == 8 || !field.p[n]);
}

struct blob bundle_find(struct span table, const char *name)
{
	for (uint64_t off = 0; off < table.len; off += sizeof(struct pe_section)) {
		uint32_t size = RD32(table, off, struct pe_section, VirtualSize);
		uint32_t raw = RD32(table, off, struct pe_section, SizeOfRawData);

		if (is_named(table, off, name))
			return (struct blob){ RD32(table, off, struct pe_section, PointerToRawData),
					      size && size < raw ? size : raw };
	}
	return (struct blob){ 0 };
}

bool bundle_is_uki(struct span file)
{
	return bundle_find(bundle_table(file), ".linux").size != 0;
}

/* A section's bytes in memory; size 0 where the UKI has no such section. */
static struct blob section(struct blob file, struct span table, const char *name)
{
	struct blob s = bundle_find(table, name);

	if (s.size > file.size || s.base > file.size - s.size)
		die(E_BUNDLE, "UKI section %s ends at %" X64 ", the file at %" X64, name,
		    s.base + s.size, file.size);
	s.base += file.base;
	return s;
}

void bundle_open(struct blob file, struct span table, struct handoff *h)
{
	struct blob cmdline = section(file, table, ".cmdline");

	h->kernel = section(file, table, ".linux");
	handoff_initrd(h, section(file, table, ".initrd"));
	if (cmdline.size && !h->bundled_cmdline.len)
		h->bundled_cmdline = span_at(cmdline.base, cmdline.size);
}
