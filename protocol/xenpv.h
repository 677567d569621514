/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Xen's ABI for 64-bit PV guests, as far as a boot shim needs it: start_info, and the
 * ELF notes by which a kernel says how it wants to be started (Xen, public/xen.h,
 * "Start-of-day memory layout", and public/elfnote.h).
 */
#ifndef PROTOCOL_XENPV_H
#define PROTOCOL_XENPV_H

#include <stdint.h>

#include "at.h"

#define SIF_PRIVILEGED 1
#define SIF_INITDOMAIN 2
#define SIF_MOD_START_PFN 8

#define XEN_CMDLINE_SIZE 1024 /* with the NUL */

/* Where a PV kernel's VIRT_BASE is: Linux's, and so the only one that is in use. */
#define XEN_VIRT_BASE 0xffffffff80000000
/* Xen's machine-to-pseudo-physical table, readable in every 64-bit PV guest. */
#define XEN_M2P 0xffff800000000000

/** struct start_info - what rsi points at; frames are machine frames where named mfn */
struct start_info {
	char magic[32]; /* "xen-3.0-x86_64p" */
	uint64_t nr_pages;
	uint64_t shared_info; /* machine address */
	uint32_t flags;
	uint32_t pad;
	uint64_t store_mfn;
	uint32_t store_evtchn;
	uint32_t pad2;
	uint64_t console_mfn; /* initial domain: offset and size of the screen's description */
	uint32_t console_evtchn;
	uint32_t pad3;
	uint64_t pt_base; /* virtual */
	uint64_t nr_pt_frames;
	uint64_t mfn_list;  /* virtual */
	uint64_t mod_start; /* virtual, or a frame number: SIF_MOD_START_PFN */
	uint64_t mod_len;
	char cmd_line[XEN_CMDLINE_SIZE];
	uint64_t first_p2m_pfn, nr_p2m_frames;
} PACKED;
AT(struct start_info, flags, 0x30);
AT(struct start_info, console_mfn, 0x48);
AT(struct start_info, pt_base, 0x58);
AT(struct start_info, mod_start, 0x70);
AT(struct start_info, cmd_line, 0x80);
AT(struct start_info, first_p2m_pfn, 0x480);

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
