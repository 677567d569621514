// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the kernel's command line is: which of the loader's options count, and which of them
 * loaders and virtual machine monitors add by themselves (protocol/ENTRY.md, section 5, has
 * their sources).  Called by the readers and by lintel_plan().  Pure C for any world; may
 * touch the handoff's command line.
 */
#include "protocol/cmdline.h"

#include "protocol/handoff.h"
#include "protocol/lib.h"
#include "protocol/say.h"

/* Loaders that put the file's name before the user's options. */
static const char name_first[][12] = { "qemu",	   "iPXE",     "SYSLINUX", "ISOLINUX",
				       "PXELINUX", "EXTLINUX", "GNU GRUB", "kexec" };

struct span handoff_words(const struct handoff *h, struct span line)
{
	size_t i = 0, n = sizeof(name_first) / sizeof(name_first[0]);
	uint64_t off = 0;

	while (i < n && memcmp(h->loader, name_first[i], strlen(name_first[i])))
		i++;
	if (i == n)
		return line;
	while (rd8(line, off) && rd8(line, off) != ' ')
		off++;
	while (rd8(line, off) == ' ')
		off++;
	if (off > LOADER_LINE_MAX - CMDLINE_MAX)
		die(E_CMDLINE, "the file's name before the command line has more than %u bytes",
		    CMDLINE_MAX);
	return span_from(line, off);
}

/**
 * enum origin - where an option of the loader's line comes from
 * @ASKED:  a user wrote it, so the line replaces the packed one
 * @ADDED:  the loader or monitor added it, and the kernel needs it in any case
 * @NOISE:  it was added, and means nothing without the loader's own line
 * @NAME:   a name of a file, which some loader drops; it is not for the kernel
 */
enum origin {
	ASKED,
	ADDED,
	NOISE,
	NAME,
};

/* Options with a value, by their beginning. */
static const struct key {
	char text[24];
	enum origin origin;
} keys[] = {
	{ "BOOT_IMAGE=", NOISE },  { "initrd=", NOISE },     { "virtio_mmio.device=", ADDED },
	{ "BOOTIF=", ADDED },	   { "SYSUUID=", ADDED },    { "CPU=", ADDED },
	{ "SYSVENDOR=", ADDED },   { "SYSPRODUCT=", ADDED }, { "SYSVERSION=", ADDED },
	{ "SYSSERIAL=", ADDED },   { "SYSSKU=", ADDED },     { "SYSFAMILY=", ADDED },
	{ "MBVENDOR=", ADDED },	   { "MBPRODUCT=", ADDED },  { "MBVERSION=", ADDED },
	{ "MBSERIAL=", ADDED },	   { "MBASSET=", ADDED },    { "BIOSVENDOR=", ADDED },
	{ "BIOSVERSION=", ADDED }, { "SYSFF=", ADDED },	     { "FSUUID=", ADDED },
};

/* Options that Firecracker adds by default and for its drives. */
static const char monitor_words[][20] = {
	"ro",
	"rw",
	"reboot=k",
	"panic=1",
	"pci=off",
	"nomodule",
	"nomodules",
	"i8042.noaux",
	"i8042.nomux",
	"i8042.nopnp",
	"i8042.dumbkbd",
	"8250.nr_uarts=0",
	"swiotlb=noforce",
};

static bool starts(const char *s, const char *with)
{
	while (*with)
		if (*s++ != *with++)
			return false;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Splits the line as Linux does: blanks between quotation marks belong to the option. */
size_t cmdline_word(const char *word)
{
	bool quoted = false;
	size_t n = 0;

	for (; word[n] && (quoted || !is_blank(word[n])); n++)
		if (word[n] == '"')
			quoted = !quoted;
	return n;
}

const char *cmdline_skip_blanks(const char *text)
{
	while (is_blank(*text))
		text++;
	return text;
}

static const char *next_word(const char *word)
{
	return cmdline_skip_blanks(word + cmdline_word(word));
}

static bool is_word(const char *word, size_t n, const char *text)
{
	return n == strlen(text) && !memcmp(word, text, n);
}

/* The first option that begins with these letters, NULL for none. */
static const char *find_word(const char *line, const char *with)
{
	for (line = cmdline_skip_blanks(line); *line; line = next_word(line))
		if (starts(line, with))
			return line;
	return NULL;
}

/* PXELINUX writes four addresses.  If a user's option has four too, keeping it does no harm. */
static bool is_pxelinux_ip(const char *word, size_t n)
{
	size_t colons = 0;

	for (size_t i = 0; i < n; i++)
		colons += word[i] == ':';
	return starts(word, "ip=") && word[3] >= '0' && word[3] <= '9' && colons == 3;
}

static bool is_monitor_word(const char *word, size_t n)
{
	for (size_t i = 0; i < sizeof(monitor_words) / sizeof(monitor_words[0]); i++)
		if (is_word(word, n, monitor_words[i]))
			return true;
	return is_word(word, n, "root=/dev/vda") || starts(word, "root=PARTUUID=");
}

static enum origin origin_of(const char *line, const char *word, size_t n)
{
	if (is_word(word, n, "placeholder"))
		return NAME;
	if (is_word(word, n, "auto"))
		return NOISE;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (starts(word, keys[i].text))
			return keys[i].origin;
	if (is_pxelinux_ip(word, n))
		return ADDED;
	/* QEMU's devices have 512 bytes each; Firecracker's have 4 KiB. */
	if (is_monitor_word(word, n) && find_word(line, "virtio_mmio.device=4K@"))
		return ADDED;
	return ASKED;
}

/* The first option that a user wrote, NULL for none. */
static const char *first_asked(const char *line)
{
	for (const char *at = cmdline_skip_blanks(line); *at; at = next_word(at))
		if (origin_of(line, at, cmdline_word(at)) == ASKED)
			return at;
	return NULL;
}

/* Append the options of @line whose origin is at most @most; of the option @plus, only what
 * follows its "+". */
static void add_words(struct handoff *h, const char *line, enum origin most, const char *plus)
{
	for (const char *at = cmdline_skip_blanks(line); *at; at = cmdline_skip_blanks(at)) {
		size_t n = cmdline_word(at), skip = at == plus;

		if (origin_of(line, at, n) <= most)
			handoff_cmdline(h, (struct span){ (const uint8_t *)at + skip, n - skip });
		at += n;
	}
}

/* What has been appended since the line had @have bytes. */
static struct words since(const struct handoff *h, size_t have)
{
	uint32_t end = (uint32_t)strlen(h->cmdline), at = (uint32_t)have;

	at += at && at < end;
	return (struct words){ at, end - at };
}

/* The packed line, and then what the loader's line may add to it. */
static void use_packed(struct handoff *h, const char *given, const char *plus)
{
	size_t have;

	handoff_cmdline(h, h->bundled_cmdline);
	have = strlen(h->cmdline);
	add_words(h, given, ADDED, plus);
	h->given.loader = since(h, have);
}

static void use_given(struct handoff *h, const char *given, const char *plus)
{
	add_words(h, given, NOISE, plus);
	h->given.loader = since(h, 0);
}

static void use_sealed(struct handoff *h, const char *given, const char *asked)
{
	struct span own = span_text(h->bundled_cmdline);

	if (asked && (strlen(given) != own.len || memcmp(given, own.p, own.len)))
		handoff_leave_out(h, "command line");
	handoff_cmdline(h, own);
}

static void settle(struct handoff *h, const char *given)
{
	const char *asked = first_asked(given), *plus = asked && *asked == '+' ? asked : NULL;

	h->cmdline[0] = '\0';
	if (handoff_keeps_line(h))
		use_sealed(h, given, asked);
	else if (h->bundled_cmdline.len && (!asked || plus))
		use_packed(h, given, plus);
	else
		use_given(h, given, plus);
}

/* Linux locks itself down where boot_params says that Secure Boot is on. */
static void lock_down(struct handoff *h)
{
	static const char word[] = "lockdown=integrity";

	if (!handoff_secure_boot(h) || h->bp.secure_boot == SECURE_BOOT_ENABLED ||
	    find_word(h->cmdline, "lockdown="))
		return;
	say("lintel: Secure Boot may be on, and this kernel cannot know: %s is added\n", word);
	handoff_cmdline(h, (struct span){ (const uint8_t *)word, sizeof(word) });
}

void handoff_settle_cmdline(struct handoff *h)
{
	char given[CMDLINE_MAX + 1];

	/* The plan may be made several times, but the line must be settled only once. */
	if (h->settled)
		return;
	h->settled = true;
	memcpy(given, h->cmdline, sizeof(given));
	settle(h, given);
	lock_down(h);
}

/* A Lintel that was started by another one has been given the words already. */
static bool ends_with(const char *line, struct span words)
{
	size_t n = strlen(line);

	return n >= words.len && !memcmp(line + n - words.len, words.p, words.len) &&
	       (n == words.len || is_blank(line[n - words.len - 1]));
}

static void leave_out_extra(struct handoff *h, const char *why)
{
	if (h->seal.strict)
		die(E_SEALED, "%s: SMBIOS has words for the command line: take them out there",
		    why);
	say("lintel: %s: SMBIOS's words for the command line are left out\n", why);
	handoff_report(h, "dropped", "SMBIOS words");
}

void handoff_extra_words(struct handoff *h, struct span words, bool is_confidential)
{
	size_t have = strlen(h->cmdline);
	const char *why;

	if (!words.len || ends_with(h->cmdline, words))
		return;
	why = is_confidential	     ? "confidential machine" :
	      h->seal.sealed	     ? "sealed image" :
	      handoff_secure_boot(h) ? "Secure Boot" :
				       NULL;
	if (why) {
		leave_out_extra(h, why);
		return;
	}
	handoff_cmdline(h, words);
	for (char *p = h->cmdline + have; *p; p++)
		if ((uint8_t)*p < ' ' || *p == 0x7f)
			*p = ' ';
	h->given.smbios = since(h, have);
}
