/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot loader of BIOS media: what the files of its stage share.
 *
 * It runs in real mode in segment 0, so that a near pointer is an address, and uses the
 * memory that layout.h lists and, above 1 MiB, the place of the image.  What it shares with
 * the 16-bit setup code (BIOS call, E820, A20, console) is in bios/.
 */
#ifndef BIOS_BOOT_BOOT_H
#define BIOS_BOOT_BOOT_H

#include "bios/boot/attempt.h"
#include "bios/boot/disk.h"
#include "bios/boot/high.h"
#include "bios/boot/layout.h"
#include "bios/boot/volume.h"
#include "bios/setup16.h"

/* ---- places.S */

/* What sector.S found out. */
extern uint8_t sector_drive, sector_extensions, sector_shift;

/** struct image_fields - what the host tool wrote into the stage */
struct image_fields {
	uint32_t lba;  /* where the image begins, in sectors of 512 bytes */
	uint32_t size; /* bytes; 0 where the image is a file of the EFI system partition */
};
extern const struct image_fields image_fields;

/* ---- call.S */

/** high_call() - run a 32-bit function of high.c, which reaches all memory */
void high_call(void (*f)(void *), void *argument);

/** attempt_end() - return from the attempt() whose stack is @attempt_stack, as one that failed */
_Noreturn void attempt_end(void);
extern uint32_t attempt_stack;

/** image_start() - enter the 16-bit setup code that lies at BOOT_SETUP_SEGMENT */
_Noreturn void image_start(void);

/* ---- image.c */

/** image_open() - begin with that file; NULL: the image whose place the host tool has filled in */
void image_open(const struct entry *file);

/** image_size() - its bytes */
uint32_t image_size(void);

/** image_take_setup() - read its first PM_OFFSET bytes to BOOT_SETUP_SEGMENT */
void image_take_setup(void);

/** image_take_rest() - read the rest to @place, a multiple of 16, and show the progress */
void image_take_rest(uint32_t place);

/** image_check() - refuse (E_DATA) if the checksum of the bytes that were read is wrong */
void image_check(void);

/* ---- the image's first 32 KiB, where image_take_setup() put them */

/** setup_get() - read a dword of them, aligned or not */
static inline uint32_t setup_get(uint32_t offset)
{
	return far_read32(BOOT_SETUP_SEGMENT, (uint16_t)offset);
}

/** setup_put() - write a dword of them */
static inline void setup_put(uint32_t offset, uint32_t value)
{
	far_write32(BOOT_SETUP_SEGMENT, (uint16_t)offset, value);
}

/* ---- progress.c */

/** progress_show() - write the progress in one line, but nothing within the first second */
void progress_show(uint32_t done, uint32_t total);

/** progress_end() - end that line, if there is one, before any other */
void progress_end(void);

/* ---- room.c */

/**
 * room_find() - find a place in RAM for the image
 * @size: bytes that it needs, as its init_size says
 *
 * At or above 16 MiB if there is such a place, else at 1 MiB; refuses (E_ROOM).
 */
uint32_t room_find(uint32_t size);

/* ---- boot.c */

/** boot_main() - find, load and start an image */
void boot_main(void);

#endif
