/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The handoff: what a door has learned, in one form for all doors.  Every reader fills one;
 * all code after the readers uses only that.  Pure; any world, any mode.
 *
 * When a reader has returned, only blobs point into the loader's memory, and every blob is
 * marked used in the map (HACKING, law 2).
 */
#ifndef PROTOCOL_HANDOFF_H
#define PROTOCOL_HANDOFF_H

#include <stdint.h>
#include <lintel/lintel.h>

#include "protocol/acpi.h"
#include "protocol/bundle.h"
#include "protocol/map.h"
#include "protocol/seal.h"
#include "protocol/span.h"

/* Command line that fits into a handoff, without its NUL. */
#define CMDLINE_MAX 4095
/* The longest command line after the longest name of a file. */
#define LOADER_LINE_MAX (2 * CMDLINE_MAX + 1)
#define INITRDS_MAX 64
/* Nodes of setup_data: reports of earlier Lintels, and all others. */
#define REPORTS_MAX 4
#define SETUP_DATA_MAX 16
#define KEEP_MAX 16

/** enum world - what the door runs on, which decides how a kernel can be entered */
enum world {
	WORLD_PC,	/* a machine, real or virtual, with whatever firmware */
	WORLD_XEN_DOM0, /* Xen's initial domain as PVH: a PC on which the kernel must know Xen */
	WORLD_XEN_PV,	/* ring 3 on Xen's page tables */
};

/** struct words - a part of the command line */
struct words {
	uint32_t at, len;
};

/**
 * struct handoff
 * @door:       "multiboot2", "linux32", ...
 * @loader:     the boot loader's own name, "" if it gave none
 * @cmdline:    the command line for the kernel
 * @given:      what of it came from outside the UKI: the loader's words, and SMBIOS's
 * @bundled_cmdline: that of the UKI which the kernel came from
 * @uki:        the UKI which the kernel came from; no sections where it came from none
 * @uki_base:   where its first byte lies
 * @seal:       what its section .lintel asks for
 * @kernel:     the file that is the kernel; size 0 where none was given
 * @kernel_name: its name, if the door knows it and the file has none
 * @initrd:     every other file, in the order given
 * @extras:     how many of the last ones Lintel has made itself (shim/extra.h)
 * @own_initrd: whether one of them is packed into our own image
 * @is_signed:  whether our own image is signed; false if its first 32 KiB are not in memory
 * @is_partial: whether sections that other tools than ours added to our image are out of sight
 * @may_be_uefi: whether the loader may run on UEFI without saying so in @bp's efi_info
 * @settled:    whether handoff_settle_cmdline() has made @cmdline final
 * @setup_data: nodes that came through a Linux door, whole (header and data)
 * @keep:       memory that nothing may be moved to, whatever its type, since this world needs it
 * @map:        the machine's memory, with everything above marked used
 * @block:      memory that the door has allocated for the block; size 0: the plan chooses some
 * @world:      see enum world
 * @start_flags: Xen's SIF_ flags, 0 elsewhere
 * @rsdp:       address of ACPI's root pointer, 0 where unknown
 * @rsdp_copy:  the root pointer's bytes, where a loader gave a copy of it
 * @bp:         what the zero page says about the machine in fields that have no
 *              name here: screen_info, efi_info, EDD, hardware_subarch, ...
 * @report:     the boot report so far, key=value lines
 */
struct handoff {
	char door[24];
	char loader[64];
	char cmdline[CMDLINE_MAX + 1];
	struct {
		struct words loader, smbios;
	} given;
	struct span bundled_cmdline;
	struct bundle uki;
	uint64_t uki_base;
	struct seal seal;
	struct blob kernel;
	char kernel_name[64];
	struct blob initrd[INITRDS_MAX];
	uint32_t initrds, extras;
	bool own_initrd, is_signed, is_partial, may_be_uefi, settled;
	struct blob setup_data[SETUP_DATA_MAX + REPORTS_MAX];
	uint32_t setup_datas;
	struct blob keep[KEEP_MAX];
	uint32_t keeps;
	struct map map;
	struct blob block;
	enum world world;
	uint32_t start_flags;
	uint64_t rsdp;
	uint8_t rsdp_copy[ACPI_RSDP_SIZE];
	struct boot_params bp;
	char report[2048];
};

void handoff_init(struct handoff *h, const char *door);

/**
 * handoff_module() - note a file that a loader put into memory
 * @string: its string, which some protocols have
 *
 * Content decides what it is: the first kernel (a bzImage, an ELF kernel, or a UKI,
 * which is opened) is the kernel and its string joins the command line; everything
 * else, and everything once there is a kernel, is an initrd.  An empty module is ignored.
 * Called when the map is complete: refuses a module that wraps or does not lie in RAM
 * (E_MODULE), and the 65th initrd (E_MODULES).  Under Secure Boot see handoff_kernel() and
 * handoff_wants_initrd().
 */
void handoff_module(struct handoff *h, uint64_t base, uint64_t size, struct span string);

/**
 * handoff_ramdisk() - note the file of a loader that can pass only one
 *
 * It may be a kernel with initrds right after it, as made by cat (see kernel_end()), or a
 * cpio archive whose first file is a kernel and whose rest is an initrd.
 * Refuses as handoff_module() does.
 */
void handoff_ramdisk(struct handoff *h, uint64_t base, uint64_t size);

/** handoff_keep() - note memory that nothing may be moved to, and mark it used */
void handoff_keep(struct handoff *h, uint64_t base, uint64_t size);

/** handoff_mark_lasting() - mark used what must stay until the kernel runs: a block that
 *  the door has allocated, handoff_keep()'s memory, the EFI memory map */
void handoff_mark_lasting(struct handoff *h);

/** handoff_mark() - mark used all memory that the handoff names: that of
 *  handoff_mark_lasting(), the kernel's file, the initrds, setup_data */
void handoff_mark(struct handoff *h);

/** handoff_secure_boot() - whether signatures are enforced.  The firmware or loader says
 *  so; if neither can, they count as enforced when they may be and our own image is signed.
 *  Then kernel, initrd and command line of our own image cannot be replaced.  If it has no
 *  initrd or command line, the loader's is used, but never the loader's kernel. */
bool handoff_secure_boot(const struct handoff *h);

/** handoff_kernel() - note a file as the kernel, or open it if it is a UKI; false if it is
 *  neither.  Refuses every kernel if signatures are enforced or may be (E_SECURE_BOOT). */
bool handoff_kernel(struct handoff *h, struct blob file);

/** handoff_check_kernel() - refuses a handoff without a kernel (E_NO_KERNEL, E_REPACK) */
void handoff_check_kernel(const struct handoff *h);

/** handoff_leave_out() - say and report that something from the loader is ignored; refuses it if
 *  the image says so (E_SEALED)
 *  @what: "command line", ... */
void handoff_leave_out(struct handoff *h, const char *what);

/** handoff_keeps_line() - whether the packed command line is used as it is, whatever the loader
 *  gives: in a sealed image, and under Secure Boot if there is one */
bool handoff_keeps_line(const struct handoff *h);

/** handoff_wants_initrd() - whether an initrd from the loader counts; if not, says so */
bool handoff_wants_initrd(struct handoff *h);

/** handoff_initrd() - note an initrd and mark it used; refuses the 65th (E_MODULES) */
void handoff_initrd(struct handoff *h, struct blob initrd);

/**
 * handoff_words() - the part of a loader's line that is for the kernel
 *
 * Some Multiboot loaders put the file's name first, so h->loader must be known.  Refuses a
 * name without an end (E_CMDLINE).
 */
struct span handoff_words(const struct handoff *h, struct span line);

/** handoff_cmdline() - append a string to the command line, a space between;
 *  reads up to a NUL or the span's end.  Refuses a line that does not fit (E_CMDLINE). */
void handoff_cmdline(struct handoff *h, struct span s);

/**
 * handoff_settle_cmdline() - decide what the kernel's command line is, once
 *
 * The loader's line replaces the packed one, but only if a user wrote some of it: options
 * that loaders and virtual machine monitors add by themselves are appended to the packed
 * line, or left out.  A line whose first word begins with "+" is added to the packed one.
 * Under Secure Boot the packed line is used as it is.  If the kernel cannot learn that
 * Secure Boot is on, lockdown=integrity is added, since it would not lock itself down.
 * Refuses a line that is too long (E_CMDLINE).
 */
void handoff_settle_cmdline(struct handoff *h);

/**
 * handoff_extra_words() - add words from SMBIOS behind the settled command line
 * @is_confidential: the machine does not trust whoever runs it, so they are left out
 *
 * They are left out under Secure Boot too; both with a line.  Refuses a line that is too long
 * (E_CMDLINE).
 */
void handoff_extra_words(struct handoff *h, struct span words, bool is_confidential);

/** handoff_loader() - the boot loader's name; a longer one is cut */
void handoff_loader(struct handoff *h, struct span s);

/** handoff_range() - add one entry of the loader's memory table; refuses one that wraps */
void handoff_range(struct handoff *h, uint64_t base, uint64_t size, uint32_t type);

/** handoff_e820() - add a table of E820 entries of 20 bytes each */
void handoff_e820(struct handoff *h, struct span table);

/** handoff_memory() - make the map from the sizes below and above 1 MiB, all that some
 *  loaders give; reported as a repair */
void handoff_memory(struct handoff *h, uint64_t lower_kib, uint64_t upper_kib);

/** handoff_check_map() - refuses a handoff without RAM (E_NO_MAP) */
void handoff_check_map(const struct handoff *h);

/** handoff_report() - add a line "key=value" to the boot report; dropped where it is full */
void handoff_report(struct handoff *h, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** handoff_print() - say the handoff in its canonical text, a "key value" line each */
void handoff_print(const struct handoff *h);

/**
 * struct framebuffer - as Multiboot 1 and 2 describe it
 * @type: 0 palette, 1 RGB, 2 EGA text
 * @mask: position and size of red, green, blue
 */
struct framebuffer {
	uint64_t addr;
	uint32_t pitch, width, height;
	uint8_t bpp, type, mask[6];
};

/** handoff_framebuffer() - put it into screen_info */
void handoff_framebuffer(struct handoff *h, struct framebuffer f);

/** handoff_text_screen() - for loaders that do not describe the screen: 80x25 VGA text, as
 *  a PC starts with */
void handoff_text_screen(struct handoff *h);

#endif
