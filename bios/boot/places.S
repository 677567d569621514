/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names for memory that has a fixed place in the boot loader for BIOS media, for C.
 * bios/setup16.h and bios/boot/boot.h say what lies there.  No code, no data.
 */
#include "bios/boot/layout.h"

	.globl	zero_page, e820_extra, sector_drive, sector_extensions, sector_shift, image_fields
	.set	zero_page, BOOT_ZERO_PAGE
	.set	e820_extra, BOOT_E820
	.set	sector_drive, SECTOR_AT + SECTOR_DRIVE
	.set	sector_extensions, SECTOR_AT + SECTOR_EXTENSIONS
	.set	sector_shift, SECTOR_AT + SECTOR_SHIFT
	.set	image_fields, STAGE_AT + STAGE_IMAGE_LBA
	.section .note.GNU-stack, "", @progbits
