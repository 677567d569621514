// SPDX-License-Identifier: BSD-2-Clause
/*
 * The command line of `lintel iso` and `lintel disk`, and the check that a file may be put
 * onto a medium.  Called by both, before anything is written.
 */
#include "iso/media/media.h"

#include <stdlib.h>
#include <string.h>

#include "iso/examine.h"
#include "iso/file.h"
#include "iso/reject.h"
#include "iso/uki.h"
#include "protocol/kernel.h"
#include "protocol/pe.h"
#include "shim/face/layout.h"

#define SECONDS_1980 315532800u

static void take_once(const char *name, const char **to, const char *option)
{
	if (*to)
		usage_error(name, "--%s is given twice", option);
	*to = optarg;
}

static uint32_t parse_sector(const char *name)
{
	if (!strcmp(optarg, "512"))
		return MEDIA_SECTOR;
	if (!strcmp(optarg, "4096"))
		return 4096;
	usage_error(name, "--sector-size is 512 or 4096, not %s", optarg);
}

/* Only what 32-bit UEFI starts: anything else would be found out on the machine. */
static const struct file *open_ia32(const char *path)
{
	const struct file *f = file_open(path);
	struct span s = examine_file(f);
	uint32_t pe = rd32(s, MZ_E_LFANEW);

	if (rd16(s, 0) != MZ_MAGIC || rd32(s, pe) != PE_MAGIC ||
	    rd16(s, pe + 4ull) != PE_MACHINE_I386)
		reject(path,
		       "is no program for 32-bit UEFI: name a lintelia32.efi, or an image that "
		       "was packed with it");
	return f;
}

struct media media_parse(int argc, char **argv, const struct command *command,
			 const struct option *names)
{
	struct media m = { .sector = MEDIA_SECTOR };
	const char *name = command->name, *ia32 = NULL;
	int c;

	while ((c = options_next(argc, argv, command, names, NULL)) != -1) {
		if (c == 'o')
			take_once(name, &m.output, "output");
		else if (c == 'i')
			take_once(name, &ia32, "ia32");
		else if (c == 's')
			m.sector = parse_sector(name);
		else
			m.active = true;
	}
	if (!m.output || !*m.output)
		usage_error(name, "--output=FILE is missing");
	if (optind + 1 != argc)
		usage_error(name, "one image is wanted, %d are given", argc - optind);
	m.image = file_open_any(argv[optind]);
	m.ia32 = ia32 ? open_ia32(ia32) : NULL;
	return m;
}

struct digest media_seed(const struct media *m)
{
	uint8_t both[2 * 32] = { 0 };
	struct digest d = digest_of("sha256", examine_file(m->image));

	if (!m->ia32)
		return d;
	memcpy(both, d.bytes, 32);
	memcpy(both + 32, digest_of("sha256", examine_file(m->ia32)).bytes, 32);
	return digest_of("sha256", (struct span){ both, sizeof(both) });
}

uint64_t media_time(void)
{
	const char *text = getenv("SOURCE_DATE_EPOCH");
	char *end;
	unsigned long long seconds;

	if (!text || !*text)
		return SECONDS_1980;
	seconds = strtoull(text, &end, 10);
	if (*end || *text == '-')
		reject("SOURCE_DATE_EPOCH", "is no number of seconds: %s", text);
	return seconds;
}

bool media_is_bare(const struct file *f)
{
	struct span s = examine_file(f);
	const char *sum;
	bool bare;

	if (s.len < CODE_OFFSET || rd16(s, 0) != MZ_MAGIC || !uki_is_ours(s))
		reject(f->path, "is not an image of Lintel: make one with `lintel build`");
	if (f->size > UINT32_MAX)
		reject(f->path, "is larger than 4 GiB, no file of a FAT file system may be");
	if (uki_is_added_to(s))
		reject(f->path, "was packed by another tool, a BIOS does not see what is in it: "
				"pack it anew with `lintel build --uki=`");
	sum = digest_image(s);
	bare = kernel_kind(s) != KERNEL_UKI;
	if (strcmp(sum, bare ? "none" : "ok") != 0)
		reject(f->path,
		       "is damaged, its image checksum is %s (`lintel inspect`): "
		       "build it again",
		       sum);
	return bare;
}

void media_check(const struct file *f)
{
	if (media_is_bare(f))
		reject(f->path, "has no kernel inside: pack one with `lintel build`");
}
