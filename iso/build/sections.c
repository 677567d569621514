// SPDX-License-Identifier: BSD-2-Clause
/*
 * Makes sections of the image from what the options of `lintel build` name, in order.  A
 * section without an option comes from the UKI of --uki, if there is one.
 */
#include "iso/build/sections.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "iso/allocate.h"
#include "iso/build/accept.h"
#include "iso/build/elf_headers.h"
#include "iso/build/pack.h"
#include "iso/build/request.h"
#include "iso/build/sbat.h"
#include "iso/build/uname.h"
#include "iso/examine.h"
#include "iso/file.h"
#include "iso/reject.h"
#include "iso/uki.h"
#include "protocol/cpio.h"
#include "protocol/extra.h"
#include "protocol/kernel.h"
#include "shim/face/layout.h"

static void set_bytes(struct text *t, const char *from, const void *bytes, size_t size)
{
	t->from = from;
	t->size = size;
	t->bytes = allocate(size);
	memcpy(t->bytes, bytes, size);
}

static void set_text(struct text *t, const char *option, const char *value)
{
	set_bytes(t, option, value, strlen(value));
}

static void load_text(struct text *t, const struct file *f)
{
	t->from = f->path;
	t->size = (size_t)f->size;
	t->bytes = (char *)file_load(f, TEXT_MAX);
}

/* No text that is wanted is a path: the @ was forgotten. */
static void check_no_path(const char *option, const char *value)
{
	struct stat st;

	if (strchr(value, '/') && !stat(value, &st) && S_ISREG(st.st_mode))
		reject(option, "is the name of a file, for the text in it write %s=@%s", option,
		       value);
}

static void read_text(struct text *t, const char *option, const char *value)
{
	check_no_path(option, value);
	if (value[0] == '@')
		text_open(t, value + 1);
	else
		set_text(t, option, value);
}

static void check_text(const struct text *t)
{
	const char *nul = t->size ? memchr(t->bytes, 0, t->size) : NULL;

	if (!t->size)
		reject(t->from, "has no text in it: leave the option out for none");
	if (nul)
		reject(t->from, "has a NUL byte at offset %zu: give text",
		       (size_t)(nul - t->bytes));
}

static void strip_text(struct text *t)
{
	while (t->size && t->bytes[t->size - 1] == '\n')
		t->size--;
}

static void add_text(struct pack *im, const char *section, const struct text *t)
{
	check_text(t);
	pack_begin(im, section);
	pack_add_bytes(im, t->from, t->bytes, t->size);
	pack_end(im);
}

/* The option's text, else the UKI's section; false where there is neither, or the option is
 * empty. */
static bool find_text(struct text *t, const char *option, const char *value, const struct uki *u,
		      const char *section)
{
	const struct file *f = uki_part(u, section);

	if (value) {
		read_text(t, option, value);
		return *value;
	}
	if (!f)
		return false;
	load_text(t, f);
	/* Older tools let the text end in a NUL. */
	while (t->size && !t->bytes[t->size - 1])
		t->size--;
	return t->size;
}

/* As ukify does, which packs for the machine that it runs on. */
static bool find_host(struct text *t)
{
	static const char *const paths[] = { "/etc/os-release", "/usr/lib/os-release" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (access(paths[i], F_OK))
			continue;
		text_open(t, paths[i]);
		return t->size;
	}
	return false;
}

static void add_os_release(struct pack *im, const char *value, const struct uki *u)
{
	struct text t;

	if (value || u->file ? find_text(&t, "--os-release", value, u, ".osrel") : find_host(&t))
		add_text(im, ".osrel", &t);
}

static void blank_line_ends(struct text *t)
{
	strip_text(t);
	for (size_t i = 0; i < t->size; i++)
		if (t->bytes[i] == '\n')
			t->bytes[i] = ' ';
}

static void append_words(struct text *t, const char *value)
{
	struct text more, both = { .from = "the command line with --append" };

	read_text(&more, "--append", value);
	check_text(&more);
	blank_line_ends(&more);
	both.size = t->size + (t->size != 0) + more.size;
	both.bytes = allocate(both.size + 1);
	memcpy(both.bytes, t->bytes, t->size);
	if (t->size)
		both.bytes[t->size] = ' ';
	memcpy(both.bytes + both.size - more.size, more.bytes, more.size);
	*t = both;
}

static void add_cmdline(struct pack *im, const struct request *r, const struct uki *u,
			const struct kernel *k)
{
	uint32_t most = k->cmdline_size < CMDLINE_MAX ? k->cmdline_size : CMDLINE_MAX;
	struct text t;

	if (!find_text(&t, "--cmdline", r->cmdline, u, ".cmdline")) {
		if (!r->append.count)
			return;
		set_text(&t, "--append", "");
	}
	blank_line_ends(&t);
	for (uint32_t i = 0; i < r->append.count; i++)
		append_words(&t, r->append.value[i]);
	if (t.size > most)
		reject(t.from, "is %zu bytes long, this kernel is given at most %u: shorten it",
		       t.size, most);
	add_text(im, ".cmdline", &t);
}

/* A UKI's version is that of its own kernel, which --linux replaces. */
static bool find_version(struct text *t, const struct request *r, const struct uki *u,
			 const struct file *kernel, const struct kernel *k)
{
	struct span version = uname_of(k);

	if (!r->kernel)
		return find_text(t, "--uname", NULL, u, ".uname");
	set_bytes(t, kernel->path, version.p, version.len);
	return version.len;
}

/* read_text() is not used, since a version may begin with "@". */
static void add_uname(struct pack *im, const struct request *r, const struct uki *u,
		      const struct file *kernel, const struct kernel *k)
{
	struct text t;

	if (r->uname && !*r->uname)
		return;
	if (r->uname)
		set_text(&t, "--uname", r->uname);
	else if (!find_version(&t, r, u, kernel, k))
		return;
	strip_text(&t);
	add_text(im, ".uname", &t);
}

/* Lintel's own lines, those of --sbat or of the UKI, and those of the kernel. */
static void add_sbat(struct pack *im, const char *value, const struct uki *u,
		     const struct file *kernel)
{
	struct span bytes = examine_file(kernel);
	struct bundle bundle = bundle_of(bytes);
	struct blob own = bundle_find(&bundle, ".sbat");
	struct text t = { .from = "--sbat" };

	if (find_text(&t, "--sbat", value, u, ".sbat")) {
		check_text(&t);
		sbat_add(im, t.from, (struct span){ (const uint8_t *)t.bytes, t.size });
	}
	sbat_add(im, kernel->path, span_text(span_sub(bytes, own.base, own.size)));
}

static void add_file(struct pack *im, const char *section, const struct file *f)
{
	pack_begin(im, section);
	pack_add_file(im, f);
	pack_end(im);
}

static void add_splash(struct pack *im, const char *path, const struct uki *u)
{
	const struct file *f = path ? file_open_any(path) : uki_part(u, ".splash");
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

/* In place of the UKI's. */
static void add_given(struct pack *im, const char *section, const struct text *t)
{
	if (t->size)
		add_text(im, section, t);
}

static void check_section_name(const struct pack *im, const char *name)
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
	if (!strcmp(name, EXTRA_ROOM) || !strcmp(name, ".lintel"))
		reject(name, "is made by Lintel itself: take another name");
	if (pack_has(im, name))
		reject(name, "is a section that the image has already");
}

static void add_section(struct pack *im, const char *value)
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
		add_file(im, name, file_open_any(colon + 2));
		return;
	}
	set_text(&t, "--section", colon + 1);
	add_text(im, name, &t);
}

/* What the UKI has besides, unless --section gives it. */
static void add_others(struct pack *im, const struct uki *u)
{
	char name[BUNDLE_NAME];

	for (uint32_t i = 0; uki_next_other(u, &i, name);)
		if (!pack_has(im, name))
			add_file(im, name, uki_part(u, name));
}

/**
 * struct initrds - what becomes one initrd
 * @kernel: that unpacks it
 * @early:  goes first
 */
struct initrds {
	const struct kernel *kernel;
	const struct file **file;
	bool *early;
	uint32_t count;
};

static void add_initrd(struct initrds *in, const struct file *f)
{
	if (!f)
		return;
	accept_initrd(f, in->kernel);
	in->file[in->count] = f;
	in->early[in->count++] = cpio_is_early(examine_file(f));
}

static void add_initrd_file(struct pack *im, const struct file *f, bool alone)
{
	pack_add_file(im, f);
	if (!alone)
		pack_add_bytes(im, f->path, NULL, -f->size & 3);
}

static void write_initrds(struct pack *im, const struct initrds *in)
{
	pack_begin(im, ".initrd");
	for (int pass = 1; pass >= 0; pass--)
		for (uint32_t i = 0; i < in->count; i++)
			if (in->early[i] == pass)
				add_initrd_file(im, in->file[i], in->count == 1);
	pack_end(im);
}

/* Those with microcode first, else as given: the kernel unpacks them in this order. */
static void add_initrds(struct pack *im, const struct request *r, const struct uki *u,
			const struct kernel *k)
{
	uint32_t most = r->initrd.count + 1;
	struct initrds in = {
		.kernel = k,
		.file = allocate(most * sizeof(const struct file *)),
		.early = allocate(most * sizeof(bool)),
	};

	for (uint32_t i = 0; i < r->initrd.count; i++)
		add_initrd(&in, file_open_any(r->initrd.value[i]));
	if (!r->initrd.count)
		add_initrd(&in, uki_part(u, ".initrd"));
	if (in.count)
		write_initrds(im, &in);
	free(in.file);
	free(in.early);
}

/* At boot Lintel puts an archive with these sections here, so that they follow the initrd and no
 * byte of it must be moved. */
static void add_extra(struct pack *im)
{
	uint64_t size = 0;

	for (uint32_t i = 0; i < EXTRA_FILES; i++)
		size += align_up(pack_size(im, extra_file(i)->section), 4);
	if (size && pack_has(im, ".initrd"))
		pack_add_space(im, EXTRA_ROOM, align_up(size + EXTRA_HEADERS, PAGE));
}

/* A section of its own, as ukify has it, and so PCR 11 is what others predict. */
static void add_microcode(struct pack *im, const char *path, const struct uki *u,
			  const struct kernel *k)
{
	const struct file *f = path ? file_open_any(path) : uki_part(u, ".ucode");

	if (!f)
		return;
	accept_initrd(f, k);
	add_file(im, ".ucode", f);
}

static void add_linux(struct pack *im, const struct file *f, const struct kernel *k)
{
	uint64_t room;

	add_file(im, ".linux", f);
	room = kernel_room(k);
	if (k->kind == KERNEL_BZIMAGE)
		elf_headers_set_kernel(im, k->run, k->run + k->init_size);
	else
		elf_headers_set_kernel(im, k->base, k->base + k->size);
	pack_set_room(im, f->path, align_up(room, PAGE));
}

void sections_add(struct pack *im, const struct request *r, const struct uki *u,
		  const struct file *kernel, const struct kernel *k, const struct made *m)
{
	add_os_release(im, r->os_release, u);
	add_cmdline(im, r, u, k);
	add_uname(im, r, u, kernel, k);
	add_splash(im, r->splash, u);
	add_sbat(im, r->sbat, u, kernel);
	add_given(im, ".pcrpkey", &m->pcrpkey);
	add_given(im, ".pcrsig", &m->pcrsig);
	add_given(im, ".lintel", &m->seal);
	for (uint32_t i = 0; i < r->section.count; i++)
		add_section(im, r->section.value[i]);
	add_others(im, u);
	add_microcode(im, r->microcode, u, k);
	add_initrds(im, r, u, k);
	add_extra(im);
	/* The kernel is last: free memory follows it, so that it can run where it was loaded. */
	add_linux(im, kernel, k);
}
