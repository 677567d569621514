/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Xen's numbers for those who are guests or start one: flags, addresses, and the ELF
 * notes by which a kernel says how it wants to be started (Xen, public/xen.h,
 * public/arch-x86/xen-x86_64.h and public/elfnote.h).
 */
#ifndef PROTOCOL_XEN_GUEST_H
#define PROTOCOL_XEN_GUEST_H

/* Flags of start_info and hvm_start_info. */
#define SIF_PRIVILEGED 1
#define SIF_INITDOMAIN 2
#define SIF_MOD_START_PFN 8

#define XEN_CMDLINE_SIZE 1024 /* of start_info, with the NUL */

/* Where a PV kernel's VIRT_BASE is: Linux's, and so the only one that is in use. */
#define XEN_VIRT_BASE 0xffffffff80000000
/* Xen's machine-to-pseudo-physical table, readable in every 64-bit PV guest. */
#define XEN_M2P 0xffff800000000000

/* Types of ELF notes whose name is "Xen". */
enum {
	XEN_ELFNOTE_ENTRY = 1,
	XEN_ELFNOTE_HYPERCALL_PAGE = 2,
	XEN_ELFNOTE_VIRT_BASE = 3,
	XEN_ELFNOTE_PADDR_OFFSET = 4,
	XEN_ELFNOTE_XEN_VERSION = 5,
	XEN_ELFNOTE_GUEST_OS = 6,
	XEN_ELFNOTE_LOADER = 8,
	XEN_ELFNOTE_INIT_P2M = 15,
	XEN_ELFNOTE_MOD_START_PFN = 16,
	XEN_ELFNOTE_SUPPORTED_FEATURES = 17,
	XEN_ELFNOTE_PHYS32_ENTRY = 18,
};

#define XENFEAT_DOM0 11 /* bit of SUPPORTED_FEATURES: can be the initial domain */

#endif
