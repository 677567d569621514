// SPDX-License-Identifier: BSD-2-Clause
/*
 * `lintel build`: options, and the order of the steps.  The option names are those of
 * ukify.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "iso/build/config.h"
#include "iso/build/image.h"
#include "iso/build/measure.h"
#include "iso/build/options.h"
#include "iso/build/payload.h"
#include "iso/build/sections.h"
#include "iso/build/sign.h"
#include "iso/tool.h"
#include "iso/uki.h"
#include "iso/build/xen.h"

static void usage(void)
{
	puts("usage: lintel build --linux=FILE [OPTION]... --output=OS.efi [--elf=OS.elf]\n\n"
	     "Pack a kernel and what belongs to it into one image that every firmware, boot\n"
	     "loader and hypervisor accepts, and that is a Unified Kernel Image too.\n\n"
	     "  --linux=FILE             kernel: bzImage, or ELF file for x86\n"
	     "  --initrd=FILE            may be given several times; microcode goes first\n"
	     "  --microcode=FILE         an initrd that goes first whatever is in it\n"
	     "  --cmdline=TEXT|@FILE     kernel command line; newlines become spaces\n"
	     "  --os-release=TEXT|@FILE  os-release, as it stands\n"
	     "  --uname=VERSION          what `uname -r` says under this kernel\n"
	     "  --splash=FILE            a picture, BMP\n"
	     "  --sbat=TEXT|@FILE        SBAT lines in place of our own; empty: none\n"
	     "  --section=NAME:TEXT|@FILE any further section\n"
	     "  --uki=FILE               take from a UKI whatever is not given\n"
	     "  --config=FILE            options from ukify's ini file; those given here win\n"
	     "  --secureboot-private-key=KEY --secureboot-certificate=CRT\n"
	     "                           have sbsign sign the image\n"
	     "  --measure                print what PCR 11 is with systemd's stub\n"
	     "  --json=pretty|short|off  print that as JSON\n"
	     "  --stub=FILE              bare image: lintel.efi or lintelia32.efi\n"
	     "  --xen                    a payload that xl likes; doubles the image\n"
	     "  --output=OS.efi          the image: UEFI, GRUB, BIOS, qemu -kernel, ...\n"
	     "  --elf=OS.elf             its ELF face: QEMU and Firecracker by PVH, xl, ...");
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

void list_add(struct list *l, const char *value)
{
	const char **more = realloc(l->value, (l->count + 1) * sizeof(*more));

	if (!more)
		reject(value, "no memory for another of its kind");
	l->value = more;
	l->value[l->count++] = value;
}

static void add(struct list *l, const char *name, const char *value)
{
	const char *once = NULL;

	set(&once, name, value);
	list_add(l, once);
}

enum {
	LINUX,
	INITRD,
	MICROCODE,
	CMDLINE,
	OS_RELEASE,
	UNAME,
	SPLASH,
	SBAT,
	SECTION,
	DEVICETREE,
	UKI,
	CONFIG,
	KEY,
	CERTIFICATE,
	MEASURE,
	XEN,
	JSON,
	STUB,
	OUTPUT,
	ELF,
	HELP
};

static const struct option names[] = {
	[LINUX] = { "linux", required_argument, NULL, 0 },
	[INITRD] = { "initrd", required_argument, NULL, 0 },
	[MICROCODE] = { "microcode", required_argument, NULL, 0 },
	[CMDLINE] = { "cmdline", required_argument, NULL, 0 },
	[OS_RELEASE] = { "os-release", required_argument, NULL, 0 },
	[UNAME] = { "uname", required_argument, NULL, 0 },
	[SPLASH] = { "splash", required_argument, NULL, 0 },
	[SBAT] = { "sbat", required_argument, NULL, 0 },
	[SECTION] = { "section", required_argument, NULL, 0 },
	[DEVICETREE] = { "devicetree", required_argument, NULL, 0 },
	[UKI] = { "uki", required_argument, NULL, 0 },
	[CONFIG] = { "config", required_argument, NULL, 0 },
	[KEY] = { "secureboot-private-key", required_argument, NULL, 0 },
	[CERTIFICATE] = { "secureboot-certificate", required_argument, NULL, 0 },
	[MEASURE] = { "measure", no_argument, NULL, 0 },
	[XEN] = { "xen", no_argument, NULL, 0 },
	[JSON] = { "json", required_argument, NULL, 0 },
	[STUB] = { "stub", required_argument, NULL, 0 },
	[OUTPUT] = { "output", required_argument, NULL, 0 },
	[ELF] = { "elf", required_argument, NULL, 0 },
	[HELP] = { "help", no_argument, NULL, 0 },
	{ NULL, 0, NULL, 0 },
};

static void take_option(struct options *o, int i, const char *value)
{
	const char **values[] = {
		[LINUX] = &o->kernel,	 [MICROCODE] = &o->microcode,
		[CMDLINE] = &o->cmdline, [OS_RELEASE] = &o->os_release,
		[UNAME] = &o->uname,	 [SPLASH] = &o->splash,
		[SBAT] = &o->sbat,	 [DEVICETREE] = &o->device_tree,
		[UKI] = &o->uki,	 [CONFIG] = &o->config,
		[KEY] = &o->key,	 [CERTIFICATE] = &o->certificate,
		[JSON] = &o->json,	 [STUB] = &o->stub,
		[OUTPUT] = &o->output,	 [ELF] = &o->elf,
	};

	if (i == HELP) {
		usage();
		exit(STATUS_DONE);
	}
	if (i == SBAT && !*value)
		o->sbat = value; /* there is some unless none is wanted */
	else if (i == INITRD)
		add(&o->initrd, names[i].name, value);
	else if (i == SECTION)
		add(&o->section, names[i].name, value);
	else if (i == MEASURE)
		o->measure = true;
	else if (i == XEN)
		o->xen = true;
	else
		set(values[i], names[i].name, value);
}

static void parse(int argc, char **argv, struct options *o)
{
	int i = 0, c;

	while ((c = getopt_long(argc, argv, "", names, &i)) != -1) {
		if (c == '?') {
			fputs("lintel: see `lintel build --help`\n", stderr);
			exit(STATUS_USAGE);
		}
		take_option(o, i, optarg);
	}
	if (optind < argc)
		usage_error("build", "\"%s\" belongs to no option", argv[optind]);
	if (o->config)
		config_read(o, o->config);
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
	if (!o->kernel && !o->uki)
		usage_error("build", "--linux=FILE is missing");
	if (!o->output && !o->elf)
		usage_error("build", "--output=OS.efi or --elf=OS.elf is missing");
	if (o->output && o->elf && same_place(o->output, o->elf))
		usage_error("build", "--output and --elf are both %s", o->elf);
	if (!o->key != !o->certificate)
		usage_error("build", "--secureboot-private-key and --secureboot-certificate belong "
				     "together, one is missing");
	if (o->key && !o->output)
		usage_error("build", "only --output=OS.efi can be signed, and it is missing");
	if (o->xen && !o->output)
		usage_error("build", "--xen is for --output=OS.efi, the ELF face needs nothing");
	if (o->measure && !o->output)
		usage_error("build", "--measure goes with --output=OS.efi");
	if (json_mode_of("build", o->json) != JSON_OFF && !o->measure)
		usage_error("build", "--json says how --measure prints, which is missing");
	if (o->device_tree)
		reject(o->device_tree, "is no device tree for this kernel: x86 has ACPI instead, "
				       "leave --devicetree out");
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

static void measure(const struct output *o, const struct options *options)
{
	const struct file *f = file_open(o->temporary);
	struct uki u;

	uki_read(&u, f, file_examine(f));
	measure_print(&u, json_mode_of("build", options->json));
}

int build_main(int argc, char **argv)
{
	struct options o = { .kernel = NULL };
	struct image im = { .path = NULL }, inner = { .path = NULL };
	struct uki u = { .file = NULL };
	const struct file *kernel;
	const char *stub;
	struct kernel k;

	parse(argc, argv, &o);
	check_usage(&o);
	if (o.uki)
		uki_open(&u, o.uki);
	kernel = o.kernel ? file_open(o.kernel) : uki_part(&u, ".linux");
	kernel_examine(&k, kernel);
	stub = o.stub ? o.stub : default_stub();
	image_open(&im, stub, o.elf != NULL);
	if (o.xen) {
		image_open(&inner, stub, true);
		sections_add(&inner, &o, &u, kernel, &k);
		xen_payload_add(&im, &inner, o.output);
	}
	sections_add(&im, &o, &u, kernel, &k);
	if (o.key)
		sign_check(o.key, o.certificate);
	image_write(&im, o.output, o.elf);
	if (o.key)
		im.out[0] = sign_output(im.out[0], o.key, o.certificate);
	if (o.measure)
		measure(im.out[0], &o);
	image_commit(&im);
	return STATUS_DONE;
}
