/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where everything of the boot loader for BIOS media lies, in its file (build/bios.bin)
 * and in memory.  Read by its assembly, C and linker script, and by the host tool that
 * puts it onto media, so constants only.
 *
 *   file     memory
 *   0x0000   0x07c00  first sector: loads the stage.  Code to 0x1a0, then patched fields
 *   0x0800   0x08400  stage: begins with patched fields; finds, loads and starts the image
 *            0x01000  zero page and E820 list of bios/e820.c
 *            0x07c00  stack, downwards
 *            0x10000  the image's first 32 KiB: its 16-bit setup code and what it needs
 *            0x1e000 the command line: empty, since a packed image has its own
 *            0x20000 64 KiB: everything that is read goes through here
 */
#ifndef BIOS_BOOT_LAYOUT_H
#define BIOS_BOOT_LAYOUT_H

#define SECTOR_AT 0x7c00
/* Fields of the first sector.  Places on the medium are counted in sectors of 512 bytes. */
#define SECTOR_STAGE_LBA 0x1a0
#define SECTOR_STAGE_COUNT 0x1a4
/* The medium's own sectors have 512 << this bytes: 2 on a CD; 0 means ask the BIOS. */
#define SECTOR_TOLD_SHIFT 0x1a6
/* What the first sector finds out; the stage reads it there. */
#define SECTOR_DRIVE 0x1a7
#define SECTOR_EXTENSIONS 0x1a8
#define SECTOR_SHIFT 0x1a9
#define SECTOR_OURS 0x1b0 /* a disk signature and a partition table follow */
#define SECTOR_BOOT_FLAG 0x1fe

#define STAGE_OFFSET 0x800
#define STAGE_AT 0x8400
#define STAGE_LIMIT 0x10000
/* Fields of the stage.  The sum of its 32-bit words must be this. */
#define STAGE_SUM_VALUE 0x746e694c
#define STAGE_SUM 0x4
#define STAGE_IMAGE_LBA 0x8
#define STAGE_IMAGE_SIZE 0xc
#define STAGE_FIELDS_END 0x10

#define BOOT_ZERO_PAGE 0x1000
#define BOOT_E820 0x2000
#define BOOT_CLEARED_END 0x6000
#define BOOT_SETUP_SEGMENT 0x1000
#define BOOT_CMDLINE 0xe000
#define BOOT_BOUNCE 0x20000
#define BOOT_BOUNCE_SIZE 0x10000

#endif
