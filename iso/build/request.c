// SPDX-License-Identifier: BSD-2-Clause
/*
 * The command line of `lintel build`: its options, whose names are those of ukify, and
 * whether they make sense together.  Called by build.c.  Opens no file but the one of
 * --config.
 */
#include "iso/build/request.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "iso/build/config.h"
#include "iso/json.h"
#include "iso/reject.h"

static const struct command command = {
	"build",
	"usage: lintel build --linux=FILE [OPTION]... --output=OS.efi [--elf=OS.elf]\n\n"
	"Pack a kernel and what belongs to it into one image that every firmware, boot\n"
	"loader and hypervisor accepts, and that is a Unified Kernel Image too.\n\n"
	"  --linux=FILE             kernel: bzImage, or ELF file for x86\n"
	"  --initrd=FILE            may be given several times; microcode goes first\n"
	"  --microcode=FILE         an initrd that goes first whatever is in it\n"
	"  --cmdline=TEXT|@FILE     kernel command line; newlines become spaces\n"
	"  --append=TEXT|@FILE      words behind it, or behind the UKI's; several times\n"
	"  --os-release=TEXT|@FILE  in place of this machine's os-release; empty: none\n"
	"  --uname=VERSION          in place of what the kernel's file says; empty: none\n"
	"  --splash=FILE            a picture, BMP\n"
	"  --sbat=TEXT|@FILE        SBAT lines beside Lintel's; empty: not the UKI's\n"
	"  --section=NAME:TEXT|@FILE any further section\n"
	"  --uki=FILE               take from a UKI whatever is not given\n"
	"  --config=FILE            options from ukify's ini file; those given here win\n"
	"  --secureboot-private-key=KEY --secureboot-certificate=CRT\n"
	"                           have sbsign sign the image\n"
	"  --measure [--json=pretty|short|off]  print PCR 11 as with systemd's stub\n"
	"  --stub=FILE              bare image: lintel.efi or lintelia32.efi\n"
	"  --xen                    a payload that xl likes; doubles the image\n"
	"  --output=OS.efi          the image: UEFI, GRUB, BIOS, qemu -kernel, ...\n"
	"  --elf=OS.elf             its ELF face: QEMU and Firecracker by PVH, xl, ...",
};

/* An option that is given twice is refused: the second would win without notice. */
static void set_any(const char **option, const char *name, const char *value)
{
	if (*option)
		usage_error("build", "--%s is given twice", name);
	*option = value;
}

static void set(const char **option, const char *name, const char *value)
{
	if (!*value)
		usage_error("build", "--%s is empty, leave it out for none", name);
	set_any(option, name, value);
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
	APPEND,
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
	[APPEND] = { "append", required_argument, NULL, 0 },
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
	[HELP] = { "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void take_option(struct request *r, int i, const char *value)
{
	const char **values[] = {
		[LINUX] = &r->kernel,	 [MICROCODE] = &r->microcode,
		[CMDLINE] = &r->cmdline, [OS_RELEASE] = &r->os_release,
		[UNAME] = &r->uname,	 [SPLASH] = &r->splash,
		[SBAT] = &r->sbat,	 [DEVICETREE] = &r->device_tree,
		[UKI] = &r->uki,	 [CONFIG] = &r->config,
		[KEY] = &r->key,	 [CERTIFICATE] = &r->certificate,
		[JSON] = &r->json,	 [STUB] = &r->stub,
		[OUTPUT] = &r->output,	 [ELF] = &r->elf,
	};

	/* Not given, these have a default, or are the UKI's. */
	if (i == SBAT || i == OS_RELEASE || i == UNAME)
		set_any(values[i], names[i].name, value);
	else if (i == INITRD)
		add(&r->initrd, names[i].name, value);
	else if (i == APPEND)
		add(&r->append, names[i].name, value);
	else if (i == SECTION)
		add(&r->section, names[i].name, value);
	else if (i == MEASURE)
		r->measure = true;
	else if (i == XEN)
		r->xen = true;
	else
		set(values[i], names[i].name, value);
}

static void parse(int argc, char **argv, struct request *r)
{
	int i = 0;

	while (options_next(argc, argv, &command, names, &i) != -1)
		take_option(r, i, optarg);
	if (optind < argc)
		usage_error("build", "\"%s\" belongs to no option", argv[optind]);
	if (r->config)
		config_read(r, r->config);
}

/* Whether two paths name the same file, even if it does not exist yet. */
static bool same_name(const char *a, const char *b)
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

/* The same, symbolic links followed. */
static bool same_place(const char *a, const char *b)
{
	char *real_a = realpath(a, NULL), *real_b = realpath(b, NULL);
	bool same = same_name(real_a ? real_a : a, real_b ? real_b : b);

	free(real_a);
	free(real_b);
	return same;
}

static void check_usage(const struct request *r)
{
	if (!r->kernel && !r->uki)
		usage_error("build", "--linux=FILE is missing");
	if (!r->output && !r->elf)
		usage_error("build", "--output=OS.efi or --elf=OS.elf is missing");
	if (r->output && r->elf && same_place(r->output, r->elf))
		usage_error("build", "--output and --elf are both %s", r->elf);
	if (!r->key != !r->certificate)
		usage_error("build", "--secureboot-private-key and --secureboot-certificate belong "
				     "together, one is missing");
	if (r->key && !r->output)
		usage_error("build", "only --output=OS.efi can be signed, and it is missing");
	if (r->xen && !r->output)
		usage_error("build", "--xen is for --output=OS.efi, the ELF face needs nothing");
	if (r->measure && !r->output)
		usage_error("build", "--measure goes with --output=OS.efi");
	if (json_mode_of("build", r->json) != JSON_OFF && !r->measure)
		usage_error("build", "--json says how --measure prints, which is missing");
	if (r->device_tree)
		reject(r->device_tree, "is no device tree for this kernel: x86 has ACPI instead, "
				       "leave --devicetree out");
}

void request_read(struct request *r, int argc, char **argv)
{
	parse(argc, argv, r);
	check_usage(r);
}
