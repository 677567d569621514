/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where everything lies in the image.  One rule: an address is the base plus the file
 * offset, and an RVA (PE's relative address) is the file offset.  Read by the assembly, the
 * linker script, the core and the host tool, so constants only.
 *
 *   0x0000  face: MZ and the Linux setup header, or an ELF header
 *   0x0300  PE header, section table to 0x7f0        } same bytes in
 *   0x07f0  checksum of the universal face           } both faces
 *   0x0900  16-bit setup code, zero page, E820 buffer and stack of the BIOS door
 *   0x1f60  Multiboot 2 header, then Multiboot 1's: objcopy writes the first page anew
 *   0x8000  protected-mode part: startup_32, startup_64 at +0x200
 *   0x8e00  ELF view: an ELF header for loaders that look into the bzImage payload
 *   0x8f00  ELF notes of both ELF headers: how Xen and PVH loaders start the image
 *   0x9000  bundle table: the PE section table once more, since a boot loader of
 *           the Linux protocol does not load what is below 0x8000
 *   ......  the core, its data and bss; then the sections that `lintel build` adds
 */
#ifndef SHIM_FACE_LAYOUT_H
#define SHIM_FACE_LAYOUT_H

#include "protocol/number.h"

/* Where loaders that take a fixed address put file offset 0. */
#define IMAGE_BASE 0x200000

#define FACE_SIZE 0x300
/* Where the ELF face is linked: far from the universal one, since both begin at file offset 0. */
#define FACE_ELF_VMA 0x10000000
#define PE_OFFSET 0x300
#define PE_SECTIONS_OFFSET 0x408
#define PE_SECTIONS_MAX 25
/* The checksum that shows wrong data (bios/boot/sum.h), and the number of bytes that it covers. */
#define IMAGE_SUM_OFFSET 0x7f0
#define IMAGE_SUM_SIZE_OFFSET 0x7f8
#define SETUP16_OFFSET 0x900
#define MB2_OFFSET 0x1f60
/* Below 8192 for GRUB, above 8144 - 1 so that QEMU does not see it and takes PVH. */
#define MB1_OFFSET 0x1fe0
#define SETUP16_ZERO_PAGE 0x2000
#define SETUP16_E820 0x3000
#define SETUP16_E820_MAX 800
#define SETUP16_STACK_TOP 0x8000

/*
 * What a bare image asks for behind itself.  Tools that know PE only, such as ukify, add
 * sections without changing the setup header.  GRUB and kexec load all of the file, but make
 * room only for what the header says: GRUB would overwrite itself, and kexec gives up.
 */
#define ADDED_ROOM 0x8000000

/* (setup_sects + 1) * 512; 63 + 1 sectors is the most that the protocol has. */
#define PM_OFFSET 0x8000
/* The 16-bit setup code enters here: the same as startup_32, but the report names another door. */
#define PM_STARTUP_16 0x10
#define PM_STARTUP_64 0x200
/* EFI handover: the 32-bit entry is here, the 64-bit one 0x200 bytes after it. */
#define PM_HANDOVER 0x190
#define ELF_VIEW_OFFSET 0x8e00
#define ELF_NOTES_OFFSET 0x8f00
#define ELF_NOTES_SIZE 196
/* Where in the notes `lintel build` finds the addresses that depend on the load address. */
#define ELF_NOTE_ENTRY 0x8f10
#define ELF_NOTE_PHYS32_ENTRY 0x8f28
/* The ELF view's PT_LOAD begins at the next page. */
#define ELF_VIEW_LOAD 0x9000

/*
 * Some loaders of ELF files (Xen PV) map no more than the file asks for.  So the ELF
 * headers ask for memory up to here, and a bare image can unpack Debian's kernels to their
 * own place.
 */
#define ELF_BARE_TOP 0x7400000

/*
 * The bundle table: 8 bytes of magic, the number of sections and the size of the
 * file (32 bits each), then PE section headers of 40 bytes each.
 */
#define BUNDLE_OFFSET 0x9000
#define BUNDLE_MAGIC "LINTELUK"
#define BUNDLE_SECTIONS 8
#define BUNDLE_FILE_SIZE 12
#define BUNDLE_TABLE 16
#define BUNDLE_ENTRY 40
#define CODE_OFFSET 0x9400

#endif
