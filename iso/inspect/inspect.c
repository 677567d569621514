// SPDX-License-Identifier: BSD-2-Clause
/*
 * `lintel inspect`: what a file is, what its headers promise to loaders, and what is in
 * it.  It takes any file; what is damaged is reported, not refused.
 */
#include "iso/inspect/inspect.h"

#include <stdio.h>
#include <string.h>
#include <lintel/elf.h>

#include "iso/digest.h"
#include "iso/examine.h"
#include "iso/file.h"
#include "iso/inspect/faces.h"
#include "iso/reject.h"
#include "iso/subcommands.h"
#include "iso/uki.h"
#include "protocol/kernel.h"
#include "protocol/seal.h"
#include "shim/face/layout.h"

static const char *kind_of(struct span f, const struct uki *u)
{
	bool packed = bundle_is_uki(&u->bundle);

	if (uki_is_ours(f) && rd32(f, 0) == ELF_MAGIC)
		return packed ? "Lintel image, ELF face" : "bare Lintel, ELF face";
	if (uki_is_added_to(f))
		return KIND_ADDED_TO;
	if (uki_is_ours(f))
		return packed ? "Lintel image, universal face" : "bare Lintel, universal face";
	if (packed)
		return "Unified Kernel Image";
	switch (kernel_kind(f)) {
	case KERNEL_BZIMAGE:
		return "Linux bzImage";
	case KERNEL_ELF:
		return "ELF file";
	case KERNEL_FOREIGN:
		return "PE program, no Linux kernel";
	default:
		return "other";
	}
}

/* Sections that overlap could ask for hours of work, so no more bytes are read than the file
 * has; @left counts them. */
static void print_sha256(char text[DIGEST_TEXT], struct span f, struct blob s, uint64_t *left)
{
	struct digest d;

	if (!span_has(f, s.base, s.size)) {
		snprintf(text, DIGEST_TEXT, "cut off: the file ends before it");
		return;
	}
	if (s.size > *left) {
		snprintf(text, DIGEST_TEXT,
			 "not computed: the sections together are longer than the file");
		return;
	}
	*left -= s.size;
	d = digest_of("sha256", span_sub(f, s.base, s.size));
	digest_print(text, &d);
}

static json_t *section(const struct uki *u, uint32_t i, uint64_t *left)
{
	char name[BUNDLE_NAME], text[DIGEST_TEXT];
	struct blob s = bundle_section(&u->bundle, i, name);

	print_sha256(text, u->bytes, s, left);
	return json_pack("{s:o, s:I, s:I, s:s}", "name",
			 json_text((struct span){ (const uint8_t *)name, strlen(name) }), "offset",
			 (json_int_t)s.base, "size", (json_int_t)s.size, "sha256", text);
}

static json_t *sections(const struct uki *u)
{
	json_t *list = json_array();
	uint64_t left = u->bytes.len;

	for (uint32_t i = 0; i < bundle_sections(&u->bundle); i++)
		json_array_append_new(list, section(u, i, &left));
	return list;
}

static void set_face(json_t *o, const char *name, json_t *face)
{
	if (face)
		json_object_set_new(o, name, face);
}

static json_t *kernel(struct span f)
{
	json_t *o = json_object();

	set_face(o, "linux", face_linux(f));
	set_face(o, "elf", face_elf(f));
	return o;
}

static void set_text(json_t *o, const char *key, struct span text)
{
	while (text.len && (!text.p[text.len - 1] || text.p[text.len - 1] == '\n'))
		text.len--;
	if (text.len)
		json_object_set_new(o, key, json_text(text));
}

/* The value of a NAME=VALUE line, without quotation marks. */
static struct span os_release_value(struct span text, const char *name)
{
	size_t n = strlen(name);

	for (size_t at = 0, end; at < text.len; at = end + 1) {
		for (end = at; end < text.len && text.p[end] != '\n'; end++)
			;
		if (end - at <= n || memcmp(text.p + at, name, n))
			continue;
		at += n;
		if (end - at >= 2 && (text.p[at] == '"' || text.p[at] == '\'') &&
		    text.p[end - 1] == text.p[at])
			return span_sub(text, at + 1, end - at - 2);
		return span_sub(text, at, end - at);
	}
	return span_sub(text, 0, 0);
}

static bool has(const json_t *list, const char *text)
{
	size_t i;
	json_t *entry;

	json_array_foreach(list, i, entry)
	{
		if (!strcmp(json_string_value(entry), text))
			return true;
	}
	return false;
}

/* Fingerprints of the keys that have signed policies for a TPM, each once. */
static json_t *policy_keys(struct span pcrsig)
{
	json_t *tree = json_loadb((const char *)pcrsig.p, pcrsig.len, JSON_DISABLE_EOF_CHECK, NULL);
	json_t *list = json_array(), *entries, *entry;
	const char *bank;
	size_t i;

	json_object_foreach(tree, bank, entries)
	{
		json_array_foreach(entries, i, entry)
		{
			const char *key = json_string_value(json_object_get(entry, "pkfp"));

			if (key && !has(list, key))
				json_array_append_new(list, json_string(key));
		}
	}
	json_decref(tree);
	return list;
}

/** struct asked - the section .lintel, and what it says */
struct asked {
	struct span text;
	struct seal seal;
};

static void read_seal(void *arg)
{
	struct asked *a = arg;

	seal_read(&a->seal, a->text);
}

/* What the image asks of the doors, or why nobody can tell. */
static void set_seal(json_t *o, const struct uki *u)
{
	struct asked asked = { .text = uki_section(u, ".lintel") };
	const char *refusal = examine_try(read_seal, &asked);

	if (refusal)
		json_object_set_new(o, "sealed", json_string(refusal));
	else if (asked.seal.sealed)
		json_object_set_new(o, "sealed", json_string(asked.seal.strict ? "strict" : "yes"));
	if (!refusal && asked.seal.must_measure)
		json_object_set_new(o, "measured", json_string("required"));
}

json_t *facts_of(const struct file *file)
{
	struct span f = examine_file(file), linux_section;
	json_t *o = json_object();
	struct uki u;

	uki_read(&u, file, f);
	linux_section = uki_section(&u, ".linux");
	set_text(o, "file", (struct span){ (const uint8_t *)file->path, strlen(file->path) });
	json_object_set_new(o, "size", json_integer((json_int_t)f.len));
	json_object_set_new(o, "kind", json_string(kind_of(f, &u)));
	set_text(o, "os", os_release_value(uki_section(&u, ".osrel"), "PRETTY_NAME="));
	set_text(o, "uname", uki_section(&u, ".uname"));
	set_text(o, "cmdline", uki_section(&u, ".cmdline"));
	if (uki_section(&u, ".pcrsig").len)
		json_object_set_new(o, "policy_keys", policy_keys(uki_section(&u, ".pcrsig")));
	set_seal(o, &u);
	if (linux_section.len)
		json_object_set_new(o, "kernel", kernel(linux_section));
	set_face(o, "pe", face_pe(f));
	set_face(o, "linux", face_linux(f));
	if (!uki_is_ours(f))
		set_face(o, "payload", face_payload(f));
	set_face(o, "multiboot1", face_multiboot1(f));
	set_face(o, "multiboot2", face_multiboot2(f));
	set_face(o, "elf", face_elf(f));
	if (uki_is_ours(f) && rd32(f, 0) != ELF_MAGIC)
		json_object_set_new(o, "image_checksum", json_string(digest_image(f)));
	if (uki_is_ours(f))
		set_face(o, "elf_view", face_elf(span_from(f, ELF_VIEW_OFFSET)));
	if (bundle_sections(&u.bundle))
		json_object_set_new(o, "sections", sections(&u));
	return o;
}

const char *parse_json_file(int argc, char **argv, const struct command *command,
			    enum json_mode *mode)
{
	static const struct option names[] = { { "json", required_argument, NULL, 'j' },
					       { "help", no_argument, NULL, 'h' },
					       { NULL, 0, NULL, 0 } };

	while (options_next(argc, argv, command, names, NULL) != -1)
		*mode = json_mode_of(command->name, optarg);
	if (optind != argc - 1)
		usage_error(command->name, "one FILE is expected");
	return argv[optind];
}

int inspect_main(int argc, char **argv)
{
	static const struct command command = {
		"inspect",
		"usage: lintel inspect [--json=pretty|short|off] FILE\n\n"
		"Say what a file is, what it promises to firmware and boot loaders, and what is\n"
		"in it: an image of Lintel's, a UKI, a kernel.",
	};
	enum json_mode mode = JSON_OFF;
	const char *path = parse_json_file(argc, argv, &command, &mode);
	json_t *tree = facts_of(file_open_any(path));

	if (mode == JSON_OFF)
		json_table(tree);
	else
		json_print(tree, mode);
	json_decref(tree);
	return STATUS_DONE;
}
