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
	"  --initrd=FILE            several; microcode comes first, or --microcode=FILE\n"
	"  --cmdline=TEXT|@FILE     kernel command line; newlines become spaces\n"
	"  --append=TEXT|@FILE      words behind it, or behind the UKI's; several times\n"
	"  --os-release=TEXT|@FILE  in place of this machine's os-release; empty: none\n"
	"  --uname=VERSION          in place of what the kernel's file says; empty: none\n"
	"  --sbat=TEXT|@FILE        SBAT lines beside Lintel's; empty: not the UKI's\n"
	"  --splash=FILE            picture, BMP; --section=NAME:TEXT|@FILE: any other\n"
	"  --uki=FILE               take from a UKI whatever is not given\n"
	"  --config=FILE            options from ukify's ini file; those given here win\n"
	"  --secureboot-private-key=KEY --secureboot-certificate=CRT  signed by sbsign\n"
	"  --measure [--json=pretty|short|off]  print what PCR 11 of a TPM will be\n"
	"  --pcr-private-key=KEY    sign policies for it; with --pcr-public-key=FILE\n"
	"  --phases=PATH,...        signed for, in the TPM's --pcr-banks=BANK,...\n"
	"  --pcrpkey=FILE           another one; --policy-digest prints what is signed\n"
	"  --sealed[=strict] --measured=required  no words of others; not without a TPM\n"
	"  --stub=FILE              lintel.efi or lintelia32.efi; --xen packs for xl too\n"
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
	PHASES,
	PCR_BANKS,
	PCR_PRIVATE_KEY,
	PCR_PUBLIC_KEY,
	PCRPKEY,
	POLICY_DIGEST,
	SEALED,
	MEASURED,
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
	[PHASES] = { "phases", required_argument, NULL, 0 },
	[PCR_BANKS] = { "pcr-banks", required_argument, NULL, 0 },
	[PCR_PRIVATE_KEY] = { "pcr-private-key", required_argument, NULL, 0 },
	[PCR_PUBLIC_KEY] = { "pcr-public-key", required_argument, NULL, 0 },
	[PCRPKEY] = { "pcrpkey", required_argument, NULL, 0 },
	[POLICY_DIGEST] = { "policy-digest", no_argument, NULL, 0 },
	[SEALED] = { "sealed", optional_argument, NULL, 0 },
	[MEASURED] = { "measured", required_argument, NULL, 0 },
	[XEN] = { "xen", no_argument, NULL, 0 },
	[JSON] = { "json", required_argument, NULL, 0 },
	[STUB] = { "stub", required_argument, NULL, 0 },
	[OUTPUT] = { "output", required_argument, NULL, 0 },
	[ELF] = { "elf", required_argument, NULL, 0 },
	[HELP] = { "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static struct list *list_of(struct request *r, int i)
{
	struct list *lists[] = {
		[INITRD] = &r->initrd,
		[APPEND] = &r->append,
		[SECTION] = &r->section,
		[PHASES] = &r->phases,
		[PCR_PRIVATE_KEY] = &r->pcr_private,
		[PCR_PUBLIC_KEY] = &r->pcr_public,
		[HELP] = NULL,
	};

	return lists[i];
}

static bool *flag_of(struct request *r, int i)
{
	bool *flags[] = {
		[MEASURE] = &r->measure,
		[POLICY_DIGEST] = &r->policy_digest,
		[XEN] = &r->xen,
		[HELP] = NULL,
	};

	return flags[i];
}

static const char **value_of(struct request *r, int i)
{
	const char **values[] = {
		[LINUX] = &r->kernel,
		[MICROCODE] = &r->microcode,
		[CMDLINE] = &r->cmdline,
		[OS_RELEASE] = &r->os_release,
		[UNAME] = &r->uname,
		[SPLASH] = &r->splash,
		[SBAT] = &r->sbat,
		[DEVICETREE] = &r->device_tree,
		[UKI] = &r->uki,
		[CONFIG] = &r->config,
		[KEY] = &r->key,
		[CERTIFICATE] = &r->certificate,
		[JSON] = &r->json,
		[STUB] = &r->stub,
		[OUTPUT] = &r->output,
		[ELF] = &r->elf,
		[PCR_BANKS] = &r->pcr_banks,
		[PCRPKEY] = &r->pcrpkey,
		[MEASURED] = &r->measured,
	};

	return values[i];
}

static void take_option(struct request *r, int i, const char *value)
{
	/* Not given, these have a default, or are the UKI's. */
	if (i == SBAT || i == OS_RELEASE || i == UNAME)
		set_any(value_of(r, i), names[i].name, value);
	else if (i == SEALED)
		set(&r->sealed, names[i].name, value ? value : "yes");
	else if (list_of(r, i))
		add(list_of(r, i), names[i].name, value);
	else if (flag_of(r, i))
		*flag_of(r, i) = true;
	else
		set(value_of(r, i), names[i].name, value);
}

/* Those of one signature stand at the same place in each list. */
static void check_counts(const struct request *r)
{
	uint32_t n = r->pcr_private.count;

	if (n && r->pcr_public.count && r->pcr_public.count != n)
		usage_error("build",
			    "%u --pcr-public-key for %u --pcr-private-key: give one for each, or "
			    "none",
			    r->pcr_public.count, n);
	if (n && r->phases.count && r->phases.count != n)
		usage_error("build",
			    "%u --phases for %u --pcr-private-key: give one for each, or none",
			    r->phases.count, n);
}

static void parse(int argc, char **argv, struct request *r)
{
	int i = 0;

	while (options_next(argc, argv, &command, names, &i) != -1)
		take_option(r, i, optarg);
	if (optind < argc)
		usage_error("build", "\"%s\" belongs to no option", argv[optind]);
	check_counts(r);
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

static const char *value(const struct list *l, uint32_t i)
{
	return i < l->count ? l->value[i] : NULL;
}

static uint32_t count(const struct list *l)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < l->count; i++)
		n += l->value[i] != NULL;
	return n;
}

static void check_signed(const struct request *r)
{
	for (uint32_t i = 0; i < r->pcr_public.count || i < r->phases.count; i++)
		if (!value(&r->pcr_private, i))
			usage_error("build", "a --pcr-public-key or --phases has no "
					     "--pcr-private-key of its own");
	if (r->policy_digest)
		usage_error("build", "--policy-digest is for a key that is elsewhere: leave "
				     "--pcr-private-key out");
}

static void check_unsigned(const struct request *r)
{
	uint32_t n = count(&r->pcr_public);

	if (r->policy_digest && n != 1)
		usage_error("build", "--policy-digest wants one --pcr-public-key, there are %u", n);
	if (n > 1)
		usage_error("build",
			    "without --pcr-private-key there is no use for %u "
			    "--pcr-public-key: give one",
			    n);
	if (count(&r->phases) && !r->measure && !r->policy_digest)
		usage_error("build", "--phases is for --measure, --pcr-private-key or "
				     "--policy-digest, which are missing");
}

static void check_policy(const struct request *r)
{
	if (r->measure && r->policy_digest)
		usage_error("build", "--measure and --policy-digest both print: give one of them");
	if (count(&r->pcr_private))
		check_signed(r);
	else
		check_unsigned(r);
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
	if (json_mode_of("build", r->json) != JSON_OFF && !r->measure && !r->policy_digest)
		usage_error("build",
			    "--json says how --measure or --policy-digest prints, which is "
			    "missing");
	if (r->device_tree)
		reject(r->device_tree, "is no device tree for this kernel: x86 has ACPI instead, "
				       "leave --devicetree out");
}

void request_read(struct request *r, int argc, char **argv)
{
	parse(argc, argv, r);
	check_usage(r);
	check_policy(r);
}
