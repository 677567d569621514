/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Linux/x86 boot protocol 2.15 (Linux, Documentation/arch/x86/boot.rst and
 * zero-page.rst; Linux, arch/x86/include/uapi/asm/{bootparam,setup_data}.h and
 * include/uapi/linux/screen_info.h).
 *
 * A bzImage is (setup_sects + 1) sectors of 16-bit setup code, with the setup
 * header at 0x1f1, and the protected-mode part behind them.  A boot loader
 * copies the header into a zeroed page (boot_params, the "zero page"), fills the
 * rest, loads the protected-mode part and enters
 *   16 bit: the setup code at +0x200, real mode, ds = setup segment, cs = ds + 0x20
 *   32 bit: the protected-mode part, paging off, esi = boot_params
 *   64 bit: the protected-mode part + 0x200, identity-mapped, rsi = boot_params
 */
#ifndef PROTOCOL_LINUX_H
#define PROTOCOL_LINUX_H

#include <stdint.h>

#include "at.h"

struct handoff;
struct kernel;

#define LINUX_HDRS 0x53726448 /* "HdrS" */
#define LINUX_BOOT_FLAG 0xaa55
#define LINUX_SECTOR 512
#define LINUX_SETUP_HEADER 0x1f1 /* of a bzImage and of the zero page */

/* loadflags */
#define LOADED_HIGH 0x01
#define KASLR_FLAG 0x02
#define QUIET_FLAG 0x20
#define KEEP_SEGMENTS 0x40
#define CAN_USE_HEAP 0x80

/* xloadflags */
#define XLF_KERNEL_64 0x01
#define XLF_CAN_BE_LOADED_ABOVE_4G 0x02
#define XLF_EFI_HANDOVER_32 0x04
#define XLF_EFI_HANDOVER_64 0x08
#define XLF_EFI_KEXEC 0x10
#define XLF_5LEVEL 0x20

/* hardware_subarch */
#define SUBARCH_PC 0
#define SUBARCH_LGUEST 1
#define SUBARCH_XEN 2
#define SUBARCH_INTEL_MID 3
#define SUBARCH_CE4100 4

/* setup_data types */
#define SETUP_NONE 0
#define SETUP_E820_EXT 1
#define SETUP_DTB 2
#define SETUP_PCI 3
#define SETUP_EFI 4
#define SETUP_RNG_SEED 9
#define SETUP_LINTEL 0x4c544e4c /* our boot report, key=value lines */

#define E820_MAX_ENTRIES_ZEROPAGE 128

/** struct setup_header - at 0x1f1 of bzImage and zero page ("The Real-Mode Kernel Header") */
struct setup_header {
	uint8_t setup_sects; /* sectors behind the first one; 0 means 4 */
	uint16_t root_flags;
	uint32_t syssize; /* protected-mode part, in 16-byte units */
	uint16_t ram_size;
	uint16_t vid_mode;
	uint16_t root_dev;
	uint16_t boot_flag; /* 0xaa55 */
	uint16_t jump;	    /* short jump; its target is the header's end */
	uint32_t header;    /* "HdrS" */
	uint16_t version;   /* 2.15 is 0x020f */
	uint32_t realmode_swtch;
	uint16_t start_sys_seg;
	uint16_t kernel_version; /* offset of a string, less 0x200; 0 for none */
	uint8_t type_of_loader;
	uint8_t loadflags;
	uint16_t setup_move_size;
	uint32_t code32_start;
	uint32_t ramdisk_image;
	uint32_t ramdisk_size;
	uint32_t bootsect_kludge;
	uint16_t heap_end_ptr;	/* 2.01 */
	uint8_t ext_loader_ver; /* 2.02 */
	uint8_t ext_loader_type;
	uint32_t cmd_line_ptr;		/* 2.02 */
	uint32_t initrd_addr_max;	/* 2.03, highest address of the initrd's last byte */
	uint32_t kernel_alignment;	/* 2.05 */
	uint8_t relocatable_kernel;	/* 2.05 */
	uint8_t min_alignment;		/* 2.10, power of two */
	uint16_t xloadflags;		/* 2.12 */
	uint32_t cmdline_size;		/* 2.06, without the NUL */
	uint32_t hardware_subarch;	/* 2.07 */
	uint64_t hardware_subarch_data; /* 2.07 */
	uint32_t payload_offset;	/* 2.08, from the protected-mode part */
	uint32_t payload_length;	/* 2.08 */
	uint64_t setup_data;		/* 2.09, address of the first node */
	uint64_t pref_address;		/* 2.10 */
	uint32_t init_size;		/* 2.10, linear memory needed from the runtime start */
	uint32_t handover_offset;	/* 2.11 */
	uint32_t kernel_info_offset;	/* 2.15 */
} PACKED;
SIZE(struct setup_header, 0x26c - 0x1f1);

/** struct boot_e820_entry - 20 bytes (zero-page.rst) */
struct boot_e820_entry {
	uint64_t addr, size;
	uint32_t type;
} PACKED;
SIZE(struct boot_e820_entry, 20);

/** struct setup_data - header of a node in the list that setup_data begins */
struct setup_data {
	uint64_t next;
	uint32_t type;
	uint32_t len; /* bytes of data behind this header */
} PACKED;
SIZE(struct setup_data, 16);

#define VIDEO_TYPE_VGAC 0x22
#define VIDEO_TYPE_VLFB 0x23
#define VIDEO_TYPE_EFI 0x70

/* enum efi_secureboot_mode: boot_params.secure_boot; 0 is a loader that does not know. */
#define SECURE_BOOT_DISABLED 2
#define SECURE_BOOT_ENABLED 3

/** struct screen_info - the console as the boot loader left it */
struct screen_info {
	uint8_t orig_x, orig_y; /* cursor */
	uint16_t ext_mem_k;	/* memory above 1 MiB in KiB, as int 15h AH=88 tells it */
	uint16_t orig_video_page;
	uint8_t orig_video_mode, orig_video_cols;
	uint8_t flags, unused2;
	uint16_t orig_video_ega_bx, unused3;
	uint8_t orig_video_lines, orig_video_isVGA;
	uint16_t orig_video_points;
	uint16_t lfb_width, lfb_height, lfb_depth;
	uint32_t lfb_base, lfb_size;
	uint16_t cl_magic, cl_offset;
	uint16_t lfb_linelength;
	uint8_t red_size, red_pos, green_size, green_pos;
	uint8_t blue_size, blue_pos, rsvd_size, rsvd_pos;
	uint16_t vesapm_seg, vesapm_off, pages, vesa_attributes;
	uint32_t capabilities;
	uint32_t ext_lfb_base;
	uint8_t reserved[2];
} PACKED;
AT(struct screen_info, lfb_base, 0x18);
AT(struct screen_info, red_size, 0x26);
AT(struct screen_info, capabilities, 0x36);
SIZE(struct screen_info, 0x40);

#define SCREEN_CAPABILITY_64BIT_BASE 2

#define EFI_LOADER_SIGNATURE_32 0x32334c45 /* "EL32" */
#define EFI_LOADER_SIGNATURE_64 0x34364c45 /* "EL64" */

/** struct efi_info - what a kernel needs to call EFI runtime services */
struct efi_info {
	uint32_t efi_loader_signature; /* "EL32" or "EL64" */
	uint32_t efi_systab;
	uint32_t efi_memdesc_size;
	uint32_t efi_memdesc_version;
	uint32_t efi_memmap;
	uint32_t efi_memmap_size;
	uint32_t efi_systab_hi;
	uint32_t efi_memmap_hi;
} PACKED;
SIZE(struct efi_info, 0x20);

/** struct boot_params - the zero page (zero-page.rst) */
struct boot_params {
	struct screen_info screen_info;
	uint8_t apm_bios_info[0x14];
	uint8_t pad2[4];
	uint64_t tboot_addr;
	uint8_t ist_info[0x10];
	uint64_t acpi_rsdp_addr;
	uint8_t pad3[8];
	uint8_t hd0_info[0x10], hd1_info[0x10];
	uint8_t sys_desc_table[0x10];
	uint8_t olpc_ofw_header[0x10];
	uint32_t ext_ramdisk_image; /* upper 32 bits */
	uint32_t ext_ramdisk_size;
	uint32_t ext_cmd_line_ptr;
	uint8_t pad4[112];
	uint32_t cc_blob_address;
	uint8_t edid_info[0x80];
	struct efi_info efi_info;
	uint32_t alt_mem_k; /* memory above 1 MiB in KiB */
	uint32_t scratch;
	uint8_t e820_entries;
	uint8_t eddbuf_entries;
	uint8_t edd_mbr_sig_buf_entries;
	uint8_t kbd_status;
	uint8_t secure_boot;
	uint8_t pad5[2];
	uint8_t sentinel; /* not 0: the loader copied the file's first bytes here */
	uint8_t pad6[1];
	struct setup_header hdr;
	uint8_t pad7[0x290 - 0x26c];
	uint32_t edd_mbr_sig_buffer[16];
	struct boot_e820_entry e820_table[E820_MAX_ENTRIES_ZEROPAGE];
	uint8_t pad8[48];
	uint8_t eddbuf[6 * 82];
	uint8_t pad9[276];
} PACKED;
AT(struct boot_params, tboot_addr, 0x058);
AT(struct boot_params, acpi_rsdp_addr, 0x070);
AT(struct boot_params, sys_desc_table, 0x0a0);
AT(struct boot_params, ext_ramdisk_image, 0x0c0);
AT(struct boot_params, cc_blob_address, 0x13c);
AT(struct boot_params, edid_info, 0x140);
AT(struct boot_params, efi_info, 0x1c0);
AT(struct boot_params, alt_mem_k, 0x1e0);
AT(struct boot_params, e820_entries, 0x1e8);
AT(struct boot_params, secure_boot, 0x1ec);
AT(struct boot_params, sentinel, 0x1ef);
AT(struct boot_params, hdr, 0x1f1);
AT(struct boot_params, hdr.boot_flag, 0x1fe);
AT(struct boot_params, hdr.version, 0x206);
AT(struct boot_params, hdr.code32_start, 0x214);
AT(struct boot_params, hdr.xloadflags, 0x236);
AT(struct boot_params, hdr.setup_data, 0x250);
AT(struct boot_params, hdr.init_size, 0x260);
AT(struct boot_params, edd_mbr_sig_buffer, 0x290);
AT(struct boot_params, e820_table, 0x2d0);
AT(struct boot_params, eddbuf, 0xd00);
SIZE(struct boot_params, 4096);

/**
 * struct linux_place - where the parts of the block lie, all below 4 GiB
 * @boot_params: the zero page, 4096 bytes
 * @cmdline:     linux_cmdline_size() bytes
 * @setup_data:  linux_setup_data_size() bytes, 8-byte aligned
 * @initrd:      the initrd, anywhere that the kernel allows; 0 for none
 * @initrd_size: bytes
 * @load:        where the protected-mode part lies (code32_start)
 */
struct linux_place {
	uint64_t boot_params, cmdline, setup_data;
	uint64_t initrd, initrd_size;
	uint64_t load;
};

/** linux_setup_data_size() - bytes that linux_write() needs for setup_data nodes */
uint64_t linux_setup_data_size(const struct handoff *h);

/**
 * linux_write() - write boot_params, command line and setup_data
 *
 * The block is what @h says in the kernel's own words: the kernel's setup header
 * where it has one, E820 sorted and merged, beyond 128 entries in SETUP_E820_EXT.
 * Nothing can fail here: all has been checked.
 */
void linux_write(const struct handoff *h, const struct kernel *k, const struct linux_place *at);

#endif
