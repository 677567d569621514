// SPDX-License-Identifier: BSD-2-Clause
/*
 * `lintel build`: options, what they name, and the order of the sections.  The
 * option names are those of ukify.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image.h"
#include "payload.h"
#include "protocol/cpio.h"
#include "shim/layout.h"
#include "tool.h"

/* No command line and no os-release comes near; a kernel given by mistake is above. */
#define TEXT_MAX (1u << 20)

/**
 * struct options - the command line of `lintel build`
 * @initrd:  in the order given
 * @initrds: how many
 */
struct options {
	const char *kernel, *cmdline, *os_release, *uname, *stub, *output, *elf;
	const char **initrd;
	unsigned int initrds;
};

/**
 * struct text - a section's worth of text
 * @from: option or file, for messages
 */
struct text {
	const char *from;
	char *bytes;
	size_t size;
};

static void usage(void)
{
	puts("usage: lintel build --linux=FILE [OPTION]... --output=OS.efi [--elf=OS.elf]\n\n"
	     "Pack a kernel and what belongs to it into one image that every firmware, boot\n"
	     "loader and hypervisor accepts, and that is a Unified Kernel Image too.\n\n"
	     "  --linux=FILE             kernel: bzImage, or ELF file for x86\n"
	     "  --initrd=FILE            may be given several times; microcode goes first\n"
	     "  --cmdline=TEXT|@FILE     kernel command line; newlines become spaces\n"
	     "  --os-release=TEXT|@FILE  os-release, as it stands\n"
	     "  --uname=VERSION          what `uname -r` says under this kernel\n"
	     "  --stub=FILE              bare image; its .elf lies beside it (default: lintel.efi\n"
	     "                           where lintel is, or in ../lib/lintel from there);\n"
	     "                           lintelia32.efi packs for 32-bit UEFI\n"
	     "  --output=OS.efi          the image: UEFI, GRUB, BIOS, qemu -kernel, ...\n"
	     "  --elf=OS.elf             its ELF face: QEMU and Firecracker by PVH, xl, ...\n");
}

/* Once only: the second of two would win in silence. */
static void set(const char **option, const char *name, const char *value)
{
	if (*option)
		usage_error("build", "--%s is given twice", name);
	if (!*value)
		usage_error("build", "--%s is empty, leave it out for none", name);
	*option = value;
}

static void add_initrd(struct options *o, const char *path)
{
	const char **more = realloc(o->initrd, (o->initrds + 1) * sizeof(*more));

	if (!more)
		reject(path, "no memory for another initrd");
	o->initrd = more;
	o->initrd[o->initrds] = NULL;
	set(&o->initrd[o->initrds++], "initrd", path);
}

static void parse(int argc, char **argv, struct options *o)
{
	enum { LINUX, INITRD, CMDLINE, OS_RELEASE, UNAME, STUB, OUTPUT, ELF, HELP };
	static const struct option names[] = {
		[LINUX] = { "linux", required_argument, NULL, 0 },
		[INITRD] = { "initrd", required_argument, NULL, 0 },
		[CMDLINE] = { "cmdline", required_argument, NULL, 0 },
		[OS_RELEASE] = { "os-release", required_argument, NULL, 0 },
		[UNAME] = { "uname", required_argument, NULL, 0 },
		[STUB] = { "stub", required_argument, NULL, 0 },
		[OUTPUT] = { "output", required_argument, NULL, 0 },
		[ELF] = { "elf", required_argument, NULL, 0 },
		[HELP] = { "help", no_argument, NULL, 0 },
		{ NULL, 0, NULL, 0 },
	};
	const char **values[] = {
		[LINUX] = &o->kernel, [CMDLINE] = &o->cmdline, [OS_RELEASE] = &o->os_release,
		[UNAME] = &o->uname,  [STUB] = &o->stub,       [OUTPUT] = &o->output,
		[ELF] = &o->elf,
	};
	int i = 0, c;

	while ((c = getopt_long(argc, argv, "", names, &i)) != -1) {
		if (c == '?') {
			fputs("lintel: see `lintel build --help`\n", stderr);
			exit(STATUS_USAGE);
		}
		if (i == HELP) {
			usage();
			exit(STATUS_DONE);
		}
		if (i == INITRD)
			add_initrd(o, optarg);
		else
			set(values[i], names[i].name, optarg);
	}
	if (optind < argc)
		usage_error("build", "\"%s\" belongs to no option", argv[optind]);
}

/* Whether two paths are one place, also where nothing is there yet. */
static bool same_place(const char *a, const char *b)
{
	const char *slash_a = strrchr(a, '/'), *slash_b = strrchr(b, '/');
	char *dir_a = slash_a ? strndup(a, (size_t)(slash_a + 1 - a)) : strdup(".");
	char *dir_b = slash_b ? strndup(b, (size_t)(slash_b + 1 - b)) : strdup(".");
	struct stat sa, sb;
	bool same = !strcmp(slash_a ? slash_a + 1 : a, slash_b ? slash_b + 1 : b) && dir_a &&
		    dir_b && !stat(dir_a, &sa) && !stat(dir_b, &sb) && sa.st_dev == sb.st_dev &&
		    sa.st_ino == sb.st_ino;

	free(dir_a);
	free(dir_b);
	return same;
}

static void check_usage(const struct options *o)
{
	if (!o->kernel)
		usage_error("build", "--linux=FILE is missing");
	if (!o->output && !o->elf)
		usage_error("build", "--output=OS.efi or --elf=OS.elf is missing");
	if (o->output && o->elf && same_place(o->output, o->elf))
		usage_error("build", "--output and --elf are both %s", o->elf);
}

/* lintel.efi beside the running program, else where an installation has it. */
static const char *default_stub(void)
{
	static const char beside[] = "lintel.efi", installed[] = "../lib/lintel/lintel.efi";
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe));
	char *path = allocate(sizeof(exe) + sizeof(installed));
	size_t dir;

	if (n <= 0 || n == (ssize_t)sizeof(exe))
		reject("/proc/self/exe", "does not tell where lintel is: give --stub=lintel.efi");
	for (dir = (size_t)n; exe[dir - 1] != '/'; dir--)
		;
	memcpy(path, exe, dir);
	memcpy(path + dir, beside, sizeof(beside));
	if (!access(path, F_OK))
		return path;
	memcpy(path + dir, installed, sizeof(installed));
	if (access(path, F_OK))
		reject(path, "is not there, nor is lintel.efi beside lintel: give --stub=FILE");
	return path;
}

static void text_set(struct text *t, const char *option, const char *value)
{
	t->from = option;
	t->size = strlen(value);
	t->bytes = allocate(t->size);
	memcpy(t->bytes, value, t->size);
}

static void text_load(struct text *t, const char *path)
{
	const struct file *f = file_open(path);

	t->from = path;
	t->size = (size_t)f->size;
	t->bytes = (char *)file_load(f, TEXT_MAX);
}

static void text_read(struct text *t, const char *option, const char *value)
{
	if (value[0] == '@')
		text_load(t, value + 1);
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

static void add_os_release(struct image *im, const char *value)
{
	struct text t;

	text_read(&t, "--os-release", value);
	add_text(im, ".osrel", &t);
}

static void add_cmdline(struct image *im, const char *value, const struct kernel *k)
{
	uint32_t most = k->cmdline_size < CMDLINE_MAX ? k->cmdline_size : CMDLINE_MAX;
	struct text t;

	text_read(&t, "--cmdline", value);
	text_strip(&t);
	for (size_t i = 0; i < t.size; i++)
		if (t.bytes[i] == '\n')
			t.bytes[i] = ' ';
	if (t.size > most)
		reject(t.from, "is %zu bytes long, this kernel is given at most %u: shorten it",
		       t.size, most);
	add_text(im, ".cmdline", &t);
}

static void add_uname(struct image *im, const char *value)
{
	struct text t;

	text_set(&t, "--uname", value);
	text_strip(&t);
	add_text(im, ".uname", &t);
}

static void add_initrd_file(struct image *im, const struct file *f, bool alone)
{
	image_add_file(im, f);
	if (!alone)
		image_add_bytes(im, f->path, NULL, -f->size & 3);
}

/* Those with microcode first, else as given: the kernel unpacks them in this order. */
static void add_initrds(struct image *im, const struct options *o)
{
	const struct file **files = allocate(o->initrds * sizeof(*files));
	bool *early = allocate(o->initrds * sizeof(*early));

	for (unsigned int i = 0; i < o->initrds; i++) {
		files[i] = file_open(o->initrd[i]);
		if (!files[i]->size)
			reject(files[i]->path, "is an empty initrd: leave it out or make it again");
		early[i] = cpio_is_early(file_examine(files[i]));
	}
	image_begin(im, ".initrd");
	for (int pass = 1; pass >= 0; pass--)
		for (unsigned int i = 0; i < o->initrds; i++)
			if (early[i] == pass)
				add_initrd_file(im, files[i], o->initrds == 1);
	image_end(im);
	free(files);
	free(early);
}

static void add_linux(struct image *im, const struct file *f, const struct kernel *k)
{
	uint64_t room;

	image_begin(im, ".linux");
	image_add_file(im, f);
	image_end(im);
	room = kernel_room(k);
	if (k->kind == KERNEL_BZIMAGE)
		image_set_kernel(im, k->run, k->run + k->init_size);
	else
		image_set_kernel(im, k->base, k->top);
	image_set_room(im, f->path, (room + PAGE - 1) & ~(uint64_t)(PAGE - 1));
}

int build_main(int argc, char **argv)
{
	struct options o = { .kernel = NULL };
	struct image im = { .path = NULL };
	const struct file *kernel;
	struct kernel k;

	parse(argc, argv, &o);
	check_usage(&o);
	kernel = file_open(o.kernel);
	kernel_examine(&k, kernel);
	image_open(&im, o.stub ? o.stub : default_stub(), o.elf != NULL);
	if (o.os_release)
		add_os_release(&im, o.os_release);
	if (o.cmdline)
		add_cmdline(&im, o.cmdline, &k);
	if (o.uname)
		add_uname(&im, o.uname);
	if (o.initrds)
		add_initrds(&im, &o);
	/* Last, with nothing but room behind it: so the kernel can stay where it is loaded. */
	add_linux(&im, kernel, &k);
	image_write(&im, o.output, o.elf);
	return STATUS_DONE;
}
