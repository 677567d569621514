// SPDX-License-Identifier: BSD-2-Clause
/*
 * The handoff's verbs: how a reader says what it learned, and the canonical text.
 * Called by the readers and by the probe kernel.  Pure C for any world; may touch
 * the handoff, and reads modules only to see what they are.
 */
#include "protocol/handoff.h"

#include <stdarg.h>

#include "protocol/cpio.h"
#include "protocol/kernel.h"
#include "protocol/lib.h"
#include "protocol/say.h"

#define KIB 1024
#define MIB 0x100000

void handoff_init(struct handoff *h, const char *door)
{
	memset(h, 0, sizeof(*h));
	format(h->door, sizeof(h->door), "%s", door);
}

void handoff_range(struct handoff *h, uint64_t base, uint64_t size, uint32_t type)
{
	if (size > UINT64_MAX - base)
		die(E_TAG, "memory range at %" X64 " wraps: size %" X64, base, size);
	/* A type of 0 is nobody's: reserved, as Multiboot has it for unknown types. */
	map_add(&h->map, base, base + size, type == MAP_HOLE ? MAP_RESERVED : type);
}

void handoff_e820(struct handoff *h, struct span table)
{
	for (uint64_t off = 0; off < table.len; off += sizeof(struct boot_e820_entry))
		handoff_range(h, RD64(table, off, struct boot_e820_entry, addr),
			      RD64(table, off, struct boot_e820_entry, size),
			      RD32(table, off, struct boot_e820_entry, type));
}

void handoff_memory(struct handoff *h, uint64_t lower_kib, uint64_t upper_kib)
{
	handoff_report(h, "repaired", "map");
	handoff_range(h, 0, lower_kib * KIB, MAP_RAM);
	handoff_range(h, MIB, upper_kib * KIB, MAP_RAM);
}

void handoff_check_map(const struct handoff *h)
{
	if (!map_top(&h->map))
		die(E_NO_MAP, "the boot loader told no memory: %u ranges, none is RAM", h->map.n);
}

void handoff_initrd(struct handoff *h, struct blob initrd)
{
	if (!initrd.size)
		return;
	if (h->initrds == INITRDS_MAX)
		die(E_MODULES, "more than %u initrds", INITRDS_MAX);
	map_use(&h->map, initrd.base, initrd.base + initrd.size);
	h->initrd[h->initrds++] = initrd;
}

bool handoff_secure_boot(const struct handoff *h)
{
	return h->bp.secure_boot == SECURE_BOOT_ENABLED;
}

/* A loader that was to verify files has verified us, and leaves what we start to us.  Not
 * every protocol says whether it had to. */
static bool may_be_enforced(const struct handoff *h)
{
	return h->bp.secure_boot != SECURE_BOOT_DISABLED &&
	       (handoff_secure_boot(h) || h->is_signed || h->bp.efi_info.efi_loader_signature);
}

bool handoff_kernel(struct handoff *h, struct blob file)
{
	struct span bytes = span_at(file.base, file.size), table = bundle_table(bytes);
	bool is_kernel = kernel_kind(bytes) != KERNEL_NONE;

	if (!is_kernel && !bundle_find(table, ".linux").size)
		return false;
	if (may_be_enforced(h))
		die(E_SECURE_BOOT,
		    "Secure Boot: the kernel at %" X64 " is not signed with the image: pack it",
		    file.base);
	if (bundle_find(table, ".linux").size)
		bundle_open(file, table, h);
	else
		h->kernel = file;
	return true;
}

static void leave_out(struct handoff *h, const char *what)
{
	say("lintel: Secure Boot: the loader's %s is left out, the image has its own\n", what);
	handoff_report(h, "dropped", "%s", what);
}

bool handoff_wants_initrd(struct handoff *h)
{
	if (!h->own_initrd || !handoff_secure_boot(h))
		return true;
	leave_out(h, "initrd");
	return false;
}

static void check_module(const struct handoff *h, uint64_t base, uint64_t size)
{
	if (size > UINT64_MAX - base || !map_is_ram(&h->map, base, base + size))
		die(E_MODULE, "module at %" X64 ", size %" X64 ", does not lie in RAM", base, size);
}

void handoff_module(struct handoff *h, uint64_t base, uint64_t size, struct span string)
{
	struct blob file = { base, size };

	if (!size)
		return;
	check_module(h, base, size);
	map_use(&h->map, base, base + size);
	if (!h->kernel.size && handoff_kernel(h, file))
		handoff_cmdline(h, string);
	else if (handoff_wants_initrd(h))
		handoff_initrd(h, file);
}

/* The kernel that an archive has for its first file; empty for none. */
static struct blob archived_kernel(struct blob ramdisk)
{
	struct span archive = span_at(ramdisk.base, ramdisk.size);
	struct span file = cpio_first_file(archive);

	if (kernel_kind(file) == KERNEL_NONE && !bundle_find(bundle_table(file), ".linux").size)
		return (struct blob){ 0 };
	return (struct blob){ ramdisk.base + (uint64_t)(file.p - archive.p), file.len };
}

/* The kernel that a ramdisk begins with, or all of it where it begins with none. */
static struct blob first_part(struct handoff *h, struct blob ramdisk)
{
	struct span file = span_at(ramdisk.base, ramdisk.size);
	struct blob kernel = archived_kernel(ramdisk);
	uint64_t end = kernel_end(file);

	if (h->kernel.size)
		return ramdisk;
	if (kernel.size)
		return kernel;
	return (struct blob){ ramdisk.base, end < file.len ? end : ramdisk.size };
}

void handoff_ramdisk(struct handoff *h, uint64_t base, uint64_t size)
{
	struct span file = span_at(base, size), no_words = span_sub(file, 0, 0);
	struct blob first;
	uint64_t end;

	check_module(h, base, size);
	first = first_part(h, (struct blob){ base, size });
	handoff_module(h, first.base, first.size, no_words);
	/* Padding between files is no file. */
	end = first.base - base + first.size;
	while (end < size && !rd8(file, end))
		end++;
	handoff_module(h, base + end, size - end, no_words);
}

void handoff_keep(struct handoff *h, uint64_t base, uint64_t size)
{
	if (h->keeps == KEEP_MAX)
		die(E_BLOCK, "more than %u areas that must stay", KEEP_MAX);
	h->keep[h->keeps++] = (struct blob){ base, size };
	map_use(&h->map, base, base + size);
}

static size_t text_length(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.p[n])
		n++;
	return n;
}

void handoff_cmdline(struct handoff *h, struct span s)
{
	size_t have = strlen(h->cmdline), add = text_length(s);
	size_t space = have != 0;

	if (!add)
		return;
	if (add > CMDLINE_MAX || have + space + add > CMDLINE_MAX)
		die(E_CMDLINE, "command line has %" U64 " bytes, at most %u fit",
		    (uint64_t)(have + space + add), CMDLINE_MAX);
	if (space)
		h->cmdline[have] = ' ';
	memcpy(h->cmdline + have + space, s.p, add);
	h->cmdline[have + space + add] = '\0';
}

static bool starts(const char *s, const char *with)
{
	while (*with)
		if (*s++ != *with++)
			return false;
	return true;
}

/* Whether the line holds only what boot loaders put there unasked. */
static bool only_decoration(const char *line)
{
	while (*line) {
		if (*line != ' ' && !starts(line, "BOOT_IMAGE=") && !starts(line, "initrd="))
			return false;
		while (*line && *line != ' ')
			line++;
		while (*line == ' ')
			line++;
	}
	return true;
}

void handoff_settle_cmdline(struct handoff *h)
{
	struct span own = h->bundled_cmdline;
	size_t n = text_length(own);
	bool given = !only_decoration(h->cmdline);

	if (!own.len || (given && !handoff_secure_boot(h)))
		return;
	if (given && (strlen(h->cmdline) != n || memcmp(h->cmdline, own.p, n)))
		leave_out(h, "command line");
	h->cmdline[0] = '\0';
	handoff_cmdline(h, own);
}

void handoff_loader(struct handoff *h, struct span s)
{
	size_t n = text_length(s);

	if (!n)
		return;
	if (n > sizeof(h->loader) - 1)
		n = sizeof(h->loader) - 1;
	memcpy(h->loader, s.p, n);
	h->loader[n] = '\0';
}

static void text_screen(struct screen_info *si, const struct framebuffer *f)
{
	si->orig_video_mode = 3;
	si->orig_video_isVGA = 1;
	si->orig_video_points = 16;
	si->orig_video_cols = (uint8_t)f->width;
	si->orig_video_lines = (uint8_t)f->height;
}

static void pixel_screen(struct screen_info *si, const struct framebuffer *f)
{
	uint64_t bytes = (uint64_t)f->pitch * f->height;

	*si = (struct screen_info){ .orig_video_isVGA = VIDEO_TYPE_VLFB };
	si->lfb_base = (uint32_t)f->addr;
	si->ext_lfb_base = (uint32_t)(f->addr >> 32);
	si->capabilities = si->ext_lfb_base ? SCREEN_CAPABILITY_64BIT_BASE : 0;
	si->lfb_size = (uint32_t)((bytes + 0xffff) >> 16);
	si->lfb_width = (uint16_t)f->width;
	si->lfb_height = (uint16_t)f->height;
	si->lfb_depth = f->bpp;
	si->lfb_linelength = (uint16_t)f->pitch;
	si->red_pos = f->mask[0];
	si->red_size = f->mask[1];
	si->green_pos = f->mask[2];
	si->green_size = f->mask[3];
	si->blue_pos = f->mask[4];
	si->blue_size = f->mask[5];
}

void handoff_text_screen(struct handoff *h)
{
	handoff_framebuffer(h, (struct framebuffer){ .type = 2, .width = 80, .height = 25 });
}

void handoff_framebuffer(struct handoff *h, struct framebuffer f)
{
	if (f.type == 2)
		text_screen(&h->bp.screen_info, &f);
	else
		pixel_screen(&h->bp.screen_info, &f);
}

void handoff_report(struct handoff *h, const char *key, const char *fmt, ...)
{
	size_t have = strlen(h->report), size = sizeof(h->report) - have, len;
	va_list ap;

	len = format(h->report + have, size, "%s=", key);
	if (len < size) {
		va_start(ap, fmt);
		len += vformat(h->report + have + len, size - len, fmt, ap);
		va_end(ap);
	}
	if (len + 1 < size) {
		h->report[have + len] = '\n';
		h->report[have + len + 1] = '\0';
	} else {
		h->report[have] = '\0';
	}
}

static void print_blob(const char *key, struct blob b)
{
	say("%s %" X64 "-%" X64 "\n", key, b.base, b.base + b.size);
}

void handoff_print(const struct handoff *h)
{
	const struct screen_info *si = &h->bp.screen_info;
	const struct efi_info *efi = &h->bp.efi_info;
	struct range r;

	say("door %s\nloader %s\ncmdline %s\n", h->door, h->loader, h->cmdline);
	if (h->kernel.size)
		print_blob("kernel", h->kernel);
	for (uint32_t i = 0; i < h->initrds; i++)
		print_blob("initrd", h->initrd[i]);
	for (uint32_t i = 0; i < h->keeps; i++)
		print_blob("keep", h->keep[i]);
	for (uint32_t i = 0; i < h->setup_datas; i++)
		print_blob("setup_data", h->setup_data[i]);
	say("ram %" U64 " KiB\n", map_total(&h->map, MAP_RAM) / KIB);
	for (uint32_t i = 0; map_next(&h->map, &i, &r);)
		say("map %012" X64 "-%012" X64 " %u\n", r.base, r.end, r.type);
	say("rsdp %" X64 "\n", h->rsdp);
	say("subarch %u %" X64 "\n", h->bp.hdr.hardware_subarch, h->bp.hdr.hardware_subarch_data);
	say("screen %02x mode %u text %ux%u pixels %ux%ux%u at %x\n", si->orig_video_isVGA,
	    si->orig_video_mode, si->orig_video_cols, si->orig_video_lines, si->lfb_width,
	    si->lfb_height, si->lfb_depth, si->lfb_base);
	say("efi %08x systab %x%08x\n", efi->efi_loader_signature, efi->efi_systab_hi,
	    efi->efi_systab);
}
