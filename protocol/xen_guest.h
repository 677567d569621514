/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Xen's numbers for those who are guests or start one: flags, addresses, and the ELF
 * notes by which a kernel says how it wants to be started.  Sources, in Xen's
 * xen/include/public/: xen.h, arch-x86/xen-x86_64.h, elfnote.h, features.h.
 *
 * Installed for kernel writers; constants only, for C11, C++17 and assembly.
 */
#ifndef PROTOCOL_XEN_GUEST_H
#define PROTOCOL_XEN_GUEST_H

/* Flags of start_info and hvm_start_info (xen.h, "flags for start_info") */
#define SIF_PRIVILEGED 1    /* may use the machine's devices */
#define SIF_INITDOMAIN 2    /* is the initial domain */
#define SIF_MOD_START_PFN 8 /* start_info.mod_start is a frame number */

#define XEN_CMDLINE_SIZE 1024 /* bytes of start_info.cmd_line, NUL included (xen.h) */

/*
 * Inside Xen PV memory is seen at its (pseudo-)physical address plus this.  The kernel's
 * image chooses it (elfnote.h, VIRT_BASE); it is Linux's choice, and so Lintel's.
 */
#define XEN_VIRT_BASE 0xffffffff80000000
/*
 * The table of machine to pseudo-physical frames, 8 bytes each, readable in every 64-bit
 * PV guest (xen-x86_64.h, HYPERVISOR_VIRT_START).
 */
#define XEN_M2P 0xffff800000000000

/* Types of ELF notes whose name is "Xen" (elfnote.h); numbers have 4 or 8 bytes */
#define XEN_ELFNOTE_ENTRY 1		  /* virtual address of the PV entry */
#define XEN_ELFNOTE_HYPERCALL_PAGE 2	  /* virtual address of a page that Xen fills */
#define XEN_ELFNOTE_VIRT_BASE 3		  /* where address PADDR_OFFSET is seen in PV */
#define XEN_ELFNOTE_PADDR_OFFSET 4	  /* an address; no note: 0 */
#define XEN_ELFNOTE_XEN_VERSION 5	  /* text, "xen-3.0" */
#define XEN_ELFNOTE_GUEST_OS 6		  /* text, the system's name */
#define XEN_ELFNOTE_LOADER 8		  /* text, "generic" */
#define XEN_ELFNOTE_INIT_P2M 15		  /* virtual address at which mfn_list is wanted */
#define XEN_ELFNOTE_MOD_START_PFN 16	  /* 1: the ramdisk need not be mapped */
#define XEN_ELFNOTE_SUPPORTED_FEATURES 17 /* bits, numbered as in features.h */
#define XEN_ELFNOTE_PHYS32_ENTRY 18	  /* physical address of the PVH entry */

#define XENFEAT_DOM0 11 /* bit of SUPPORTED_FEATURES: can be the initial domain (features.h) */

#endif
