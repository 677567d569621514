// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the options of `lintel build` name, as sections of the image, in their order.
 * What no option names comes out of the UKI that was given with --uki, if one was.
 */
#include "iso/build/sections.h"

#include <stdlib.h>
#include <string.h>

#include "iso/build/image.h"
#include "iso/build/request.h"
#include "iso/tool.h"
#include "iso/uki.h"
#include "protocol/cpio.h"
#include "protocol/kernel.h"
#include "shim/face/layout.h"

/* No command line and no os-release comes near; a kernel given by mistake is above. */
#define TEXT_MAX (1u << 20)

/**
 * struct text - a section's worth of text
 * @from: option or file, for messages
 */
struct text {
	const char *from;
	char *bytes;
	size_t size;
};

static void text_set(struct text *t, const char *option, const char *value)
{
	t->from = option;
	t->size = strlen(value);
	t->bytes = allocate(t->size);
	memcpy(t->bytes, value, t->size);
}

static void text_load(struct text *t, const struct file *f)
{
	t->from = f->path;
	t->size = (size_t)f->size;
	t->bytes = (char *)file_load(f, TEXT_MAX);
}

static void text_read(struct text *t, const char *option, const char *value)
{
	if (value[0] == '@')
		text_load(t, file_open(value + 1));
	else
		text_set(t, option, value);
}

static void text_check(const struct text *t)
{
	const char *nul = t->size ? memchr(t->bytes, 0, t->size) : NULL;

	if (!t->size)
		reject(t->from, "has no text in it: leave the option out for none");
	if (nul)
		reject(t->from, "has a NUL byte at offset %zu: give text",
		       (size_t)(nul - t->bytes));
}

static void text_strip(struct text *t)
{
	while (t->size && t->bytes[t->size - 1] == '\n')
		t->size--;
}

static void add_text(struct image *im, const char *section, const struct text *t)
{
	text_check(t);
	image_begin(im, section);
	image_add_bytes(im, t->from, t->bytes, t->size);
	image_end(im);
}

/* What the option says, else what the UKI has; false for neither. */
static bool text_find(struct text *t, const char *option, const char *value, const struct uki *u,
		      const char *section)
{
	const struct file *f = uki_part(u, section);

	if (value) {
		text_read(t, option, value);
		return true;
	}
	if (!f)
		return false;
	text_load(t, f);
	/* Older tools let the text end in a NUL. */
	while (t->size && !t->bytes[t->size - 1])
		t->size--;
	return t->size;
}

static void add_os_release(struct image *im, const char *value, const struct uki *u)
{
	struct text t;

	if (text_find(&t, "--os-release", value, u, ".osrel"))
		add_text(im, ".osrel", &t);
}

static void add_cmdline(struct image *im, const char *value, const struct uki *u,
			const struct kernel *k)
{
	uint32_t most = k->cmdline_size < CMDLINE_MAX ? k->cmdline_size : CMDLINE_MAX;
	struct text t;

	if (!text_find(&t, "--cmdline", value, u, ".cmdline"))
		return;
	text_strip(&t);
	for (size_t i = 0; i < t.size; i++)
		if (t.bytes[i] == '\n')
			t.bytes[i] = ' ';
	if (t.size > most)
		reject(t.from, "is %zu bytes long, this kernel is given at most %u: shorten it",
		       t.size, most);
	add_text(im, ".cmdline", &t);
}

/* Not text_find(): "@" has no meaning here. */
static void add_uname(struct image *im, const char *value, const struct uki *u)
{
	struct text t;

	if (value)
		text_set(&t, "--uname", value);
	else if (!text_find(&t, "--uname", NULL, u, ".uname"))
		return;
	text_strip(&t);
	add_text(im, ".uname", &t);
}

/* Generation 1: none of Lintel's mistakes has been revoked yet.  shim wants an address. */
#define OWN_SBAT                                                 \
	"lintel,1,The Lintel authors,lintel," LINTEL_VERSION "," \
	"https://uapi-group.org/specifications/specs/unified_kernel_image/\n"

/* shim starts nothing without it, and reads none without the line about SBAT itself. */
static void add_sbat(struct image *im, const char *value, const struct uki *u)
{
	static const char first[] = "sbat,1,SBAT Version,sbat,1,"
				    "https://github.com/rhboot/shim/blob/main/SBAT.md\n";
	struct text t;

	if (value && !*value)
		return;
	if (!text_find(&t, "--sbat", value, u, ".sbat"))
		text_set(&t, "--sbat", OWN_SBAT);
	text_check(&t);
	image_begin(im, ".sbat");
	if (t.size < 5 || memcmp(t.bytes, "sbat,", 5))
		image_add_bytes(im, t.from, first, sizeof(first) - 1);
	image_add_bytes(im, t.from, t.bytes, t.size);
	image_end(im);
}

static void add_file(struct image *im, const char *section, const struct file *f)
{
	image_begin(im, section);
	image_add_file(im, f);
	image_end(im);
}

static void add_splash(struct image *im, const char *path, const struct uki *u)
{
	const struct file *f = path ? file_open(path) : uki_part(u, ".splash");
	uint8_t magic[2] = { 0 };

	if (!f)
		return;
	if (f->size >= sizeof(magic))
		file_read(f, 0, magic, sizeof(magic));
	if (memcmp(magic, "BM", 2))
		reject(f->path, "is no BMP picture: expected \"BM\" at offset 0, found %02x %02x",
		       magic[0], magic[1]);
	add_file(im, ".splash", f);
}

static void check_section_name(const struct image *im, const char *name)
{
	static const char *const optioned[] = { ".linux", ".initrd", ".ucode", ".cmdline", ".osrel",
						".uname", ".splash", ".sbat",  ".dtb" };

	if (!*name || strlen(name) > 8)
		reject(name, "is no section name: 1 to 8 characters");
	for (const char *p = name; *p; p++)
		if (*p < '!' || *p > '~')
			reject(name, "is no section name: printable ASCII, without blanks");
	for (size_t i = 0; i < sizeof(optioned) / sizeof(optioned[0]); i++)
		if (!strcmp(name, optioned[i]))
			reject(name, "has an option of its own: --section is for further sections");
	if (image_has(im, name))
		reject(name, "is a section that the image has already");
}

static void add_section(struct image *im, const char *value)
{
	const char *colon = strchr(value, ':');
	char *name;
	struct text t;

	if (!colon || !colon[1])
		usage_error("build", "--section=%s: NAME:TEXT or NAME:@FILE is expected", value);
	name = joined(value, "");
	name[colon - value] = '\0';
	check_section_name(im, name);
	if (colon[1] == '@') {
		add_file(im, name, file_open(colon + 2));
		return;
	}
	text_set(&t, "--section", colon + 1);
	add_text(im, name, &t);
}

/* A section that has no option: the UKI's, unless --section gives it. */
static void add_taken(struct image *im, const char *name, const struct uki *u)
{
	const struct file *f = uki_part(u, name);

	if (f && !image_has(im, name))
		add_file(im, name, f);
}

/**
 * struct initrds - what becomes one initrd
 * @early: goes first
 */
struct initrds {
	const struct file **file;
	bool *early;
	unsigned int count;
};

static void initrds_add(struct initrds *in, const struct file *f, bool early)
{
	if (!f)
		return;
	if (!f->size)
		reject(f->path, "is an empty initrd: leave it out or make it again");
	in->file[in->count] = f;
	in->early[in->count++] = early || cpio_is_early(file_examine(f));
}

static void add_initrd_file(struct image *im, const struct file *f, bool alone)
{
	image_add_file(im, f);
	if (!alone)
		image_add_bytes(im, f->path, NULL, -f->size & 3);
}

static void initrds_write(struct image *im, const struct initrds *in)
{
	image_begin(im, ".initrd");
	for (int pass = 1; pass >= 0; pass--)
		for (unsigned int i = 0; i < in->count; i++)
			if (in->early[i] == pass)
				add_initrd_file(im, in->file[i], in->count == 1);
	image_end(im);
}

/* Those with microcode first, else as given: the kernel unpacks them in this order. */
static void add_initrds(struct image *im, const struct request *r, const struct uki *u)
{
	unsigned int most = r->initrd.count + 2;
	struct initrds in = {
		.file = allocate(most * sizeof(const struct file *)),
		.early = allocate(most * sizeof(bool)),
	};

	initrds_add(&in, r->microcode ? file_open(r->microcode) : uki_part(u, ".ucode"), true);
	for (unsigned int i = 0; i < r->initrd.count; i++)
		initrds_add(&in, file_open(r->initrd.value[i]), false);
	if (!r->initrd.count)
		initrds_add(&in, uki_part(u, ".initrd"), false);
	if (in.count)
		initrds_write(im, &in);
	free(in.file);
	free(in.early);
}

static void add_linux(struct image *im, const struct file *f, const struct kernel *k)
{
	uint64_t room;

	add_file(im, ".linux", f);
	room = kernel_room(k);
	if (k->kind == KERNEL_BZIMAGE)
		image_set_kernel(im, k->run, k->run + k->init_size);
	else
		image_set_kernel(im, k->base, k->base + k->size);
	image_set_room(im, f->path, (room + PAGE - 1) & ~(uint64_t)(PAGE - 1));
}

void sections_add(struct image *im, const struct request *r, const struct uki *u,
		  const struct file *kernel, const struct kernel *k)
{
	add_os_release(im, r->os_release, u);
	add_cmdline(im, r->cmdline, u, k);
	add_uname(im, r->uname, u);
	add_splash(im, r->splash, u);
	add_sbat(im, r->sbat, u);
	for (unsigned int i = 0; i < r->section.count; i++)
		add_section(im, r->section.value[i]);
	add_taken(im, ".profile", u);
	add_taken(im, ".pcrpkey", u);
	add_initrds(im, r, u);
	/* Last, with nothing but room behind it: so the kernel can stay where it is loaded. */
	add_linux(im, kernel, k);
}
