/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a file in memory is, and what it needs if it is a kernel: its parts, its size in
 * memory, where it may lie, how it is entered.  Pure; any world.
 */
#ifndef PROTOCOL_KERNEL_H
#define PROTOCOL_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "protocol/handoff.h"
#include "protocol/notes.h"

#define KERNEL_SEGMENTS_MAX 16

/** enum kernel_exit - how a kernel is entered */
enum kernel_exit {
	EXIT_LINUX, /* boot_params, 32 or 64 bits */
	EXIT_PVH,   /* hvm_start_info, 32 bits */
	EXIT_XENPV, /* start_info, 64 bits, ring 3 */
};

enum kernel_kind {
	KERNEL_NONE, /* so it counts as an initrd */
	KERNEL_BZIMAGE,
	KERNEL_ELF,
	KERNEL_UKI,	/* has a kernel in it, and may be a bzImage too, as our own images are */
	KERNEL_FOREIGN, /* a program that cannot be started, but no initrd */
};

/**
 * struct segment - bytes of the file that belong at an address
 * @address: bytes from where the kernel lies
 * @memsz:   bytes in memory; those that the file does not have are zero
 */
struct segment {
	uint64_t offset, filesz, address, memsz;
};

/**
 * struct kernel
 * @file:         the whole file
 * @header:       bzImage: its setup header's bytes, else empty
 * @name:         its version as it says it, or its kind
 * @version:      bzImage: boot protocol, 0x020f for 2.15; ELF: 0x020f
 * @bits:         width of its entry, 64 or 32
 * @exit:         how it is entered
 * @notes:        ELF: what its notes say
 * @payload:      bzImage: the compressed ELF file in it, relative to the file; size 0: none
 * @la57:         its 64-bit entry can be entered with five levels of paging
 * @relocatable:  it may lie anywhere that @align allows
 * @realigns:     it is a bzImage that may start anywhere, since it moves itself up to @align
 * @entry:        bytes from where it lies
 * @header_entry: ELF: e_entry, unchanged
 * @align:        power of two
 * @base:         the address that it was linked for, or prefers
 * @size:         bytes from there to the end of the highest segment
 * @run:          lowest address that it runs at: bzImage: pref_address; PVH: from its notes
 * @init_size:    bytes that it needs from where it runs, before it reads the map
 * @cmdline_size: longest command line, without the NUL
 * @initrd_max:   the initrd lies below this address
 * @load_max:     the kernel lies below this address
 * @segment:      what goes where; one segment of a bzImage is its protected-mode part
 */
struct kernel {
	enum kernel_kind kind;
	struct blob file;
	struct span header;
	char name[64];
	uint16_t version;
	uint32_t bits;
	enum kernel_exit exit;
	struct kernel_notes notes;
	struct blob payload;
	bool la57, relocatable, realigns;
	uint64_t entry, header_entry, align, base, size, run, init_size;
	uint32_t cmdline_size;
	uint64_t initrd_max, load_max;
	struct segment segment[KERNEL_SEGMENTS_MAX];
	uint32_t segments;
};

/** kernel_kind() - what a file's headers say */
enum kernel_kind kernel_kind(struct span file);

/**
 * kernel_open() - read a kernel's headers
 *
 * A UKI that is a bzImage is opened as a bzImage.  Refuses a kernel that cannot be started:
 * E_NO_KERNEL, E_MACHINE, E_EFI_APP, E_TRUNCATED, E_16BIT, E_OLD, E_ELF.
 */
void kernel_open(struct kernel *k, struct blob file);

/**
 * kernel_choose_exit() - how it is entered in the handoff's world; sets exit, entry, limits
 *
 * The kernel gets boot_params if a note says that it takes them everywhere, and on a PC
 * unless it is not Linux and has a PVH entry.  Refuses (E_XEN).
 */
void kernel_choose_exit(struct kernel *k, const struct handoff *h);

/** kernel_end() - where the kernel or UKI at the beginning of a file ends, which is of this
 *  kind; the file's end if nothing follows it */
uint64_t kernel_end(struct span file, enum kernel_kind kind);

/** kernel_room() - bytes that a kernel needs from its load address on to run without being
 *  moved; 0 if it must be moved */
uint64_t kernel_room(const struct kernel *k);

#endif
