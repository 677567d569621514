/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The universal face, file offsets 0 to 0x2ff: MZ, and the Linux setup header that
 * makes the file a bzImage.  Data only, except for two 16-bit jumps.  lintel.ld puts it at
 * address 0, so a label's distance from `face` is its file offset.
 */
#include <lintel/linux.h>

#include "protocol/pe.h"
#include "shim/face/layout.h"

#define XLOADFLAGS (XLF_KERNEL_64 | XLF_CAN_BE_LOADED_ABOVE_4G | XLF_EFI_HANDOVER_64 | XLF_5LEVEL)
#define END_OF_HEADER 0x26c
#define VERSION_STRING 0x280

	.section .face_efi, "a"
face:
	.word	MZ_MAGIC
	.org	MZ_E_LFANEW
	.long	PE_OFFSET

	/* Not 0, so that linux.c can see that a loader has copied this sector into boot_params. */
	.org	0x1ef
	.byte	0xff, 0xff

	.org	LINUX_SETUP_HEADER
header:	.byte	PM_OFFSET / LINUX_SECTOR - 1		/* setup_sects */
	.word	1				/* root_flags */
	.long	image_syssize - face		/* syssize */
	.word	0				/* ram_size */
	.word	0xffff				/* vid_mode: as it is */
	.word	0				/* root_dev */
	.word	LINUX_BOOT_FLAG			/* boot_flag */
	.byte	0xeb, END_OF_HEADER - 0x202	/* jump: 16-bit entry, to the header's end */
	.long	LINUX_HDRS			/* header */
	.word	LINUX_VERSION			/* version */
	.long	0				/* realmode_swtch */
	.word	0				/* start_sys_seg */
	.word	VERSION_STRING - 0x200		/* kernel_version */
	.byte	0				/* type_of_loader */
	.byte	LOADED_HIGH			/* loadflags */
	.word	0				/* setup_move_size */
	.long	0x100000			/* code32_start */
	.long	0				/* ramdisk_image */
	.long	0				/* ramdisk_size */
	.long	0				/* bootsect_kludge */
	.word	0				/* heap_end_ptr */
	.byte	0, 0				/* ext_loader_ver, ext_loader_type */
	.long	0				/* cmd_line_ptr */
	.long	0x7fffffff			/* initrd_addr_max */
	/* A page would do, but OVMF tries only 512 multiples of it and then gives up. */
	.long	0x100000			/* kernel_alignment */
	.byte	1				/* relocatable_kernel */
	.byte	12				/* min_alignment: 4096 */
	.word	XLOADFLAGS
	.long	4095				/* cmdline_size: CMDLINE_MAX */
	.long	0				/* hardware_subarch */
	.quad	0				/* hardware_subarch_data */
	.long	ELF_VIEW_OFFSET - PM_OFFSET	/* payload_offset */
	.long	image_end - face - ELF_VIEW_OFFSET /* payload_length */
	.quad	0				/* setup_data */
	.quad	0x100000			/* pref_address: 16 MiB may be too high */
	.long	image_init_size - face		/* init_size */
	.long	PM_HANDOVER			/* handover_offset */
	.long	0				/* kernel_info_offset */
	.if	. - header - (END_OF_HEADER - LINUX_SETUP_HEADER)
	.error	"the setup header has the wrong size"
	.endif

	.byte	0xe9				/* jmp, 16-bit, to bios/ */
	.word	SETUP16_OFFSET - (END_OF_HEADER + 3)

	.org	VERSION_STRING
	.asciz	LINTEL_VERSION_STRING
	.org	FACE_SIZE
	.section .note.GNU-stack, "", @progbits
