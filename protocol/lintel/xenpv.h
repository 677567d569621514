/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block that Xen gives to a 64-bit PV guest (Xen, xen/include/public/xen.h, struct
 * start_info and "Start-of-day memory layout").  A kernel that Lintel has entered inside
 * Xen PV finds it at hardware_subarch_data.
 *
 * Installed for kernel writers; compiles alone as C11 and C++17.  Assembly gets the
 * constants only.
 */
#ifndef PROTOCOL_XENPV_H
#define PROTOCOL_XENPV_H

#include "xen_guest.h"

#ifndef __ASSEMBLER__

#include <stdint.h>

#include "wire.h"

/**
 * struct start_info - what Xen gives a PV guest
 * @magic:          "xen-3.0-x86_64", NUL-terminated
 * @nr_pages:       pages of 4096 bytes that the guest has
 * @shared_info:    machine address of the page that is shared with Xen
 * @flags:          SIF_*
 * @pad:            0
 * @store_mfn:      machine frame of XenStore's page
 * @store_evtchn:   event channel of XenStore
 * @pad2:           0
 * @console_mfn:    machine frame of the console's page; initial domain: offset of the
 *                  screen's description from this block
 * @console_evtchn: event channel of the console; initial domain: size of that description
 * @pad3:           0
 * @pt_base:        virtual address of the top page table
 * @nr_pt_frames:   pages of page tables, from there on
 * @mfn_list:       virtual address of the table of pseudo-physical to machine frames
 * @mod_start:      virtual address of the ramdisk; with SIF_MOD_START_PFN its frame; 0: none
 * @mod_len:        its bytes
 * @cmd_line:       Xen's command line; boot_params has the one that counts
 * @first_p2m_pfn:  first frame of mfn_list where INIT_P2M has placed it
 * @nr_p2m_frames:  frames of it
 *
 * 1168 bytes (xen.h, struct start_info).  Frames are of 4096 bytes, machine frames where
 * named mfn.
 */
struct start_info {
	char magic[32];
	uint64_t nr_pages;
	uint64_t shared_info;
	uint32_t flags;
	uint32_t pad;
	uint64_t store_mfn;
	uint32_t store_evtchn;
	uint32_t pad2;
	uint64_t console_mfn;
	uint32_t console_evtchn;
	uint32_t pad3;
	uint64_t pt_base;
	uint64_t nr_pt_frames;
	uint64_t mfn_list;
	uint64_t mod_start;
	uint64_t mod_len;
	char cmd_line[XEN_CMDLINE_SIZE];
	uint64_t first_p2m_pfn, nr_p2m_frames;
} LINTEL_PACKED;
LINTEL_AT(struct start_info, flags, 0x30);
LINTEL_AT(struct start_info, console_mfn, 0x48);
LINTEL_AT(struct start_info, pt_base, 0x58);
LINTEL_AT(struct start_info, mod_start, 0x70);
LINTEL_AT(struct start_info, cmd_line, 0x80);
LINTEL_AT(struct start_info, first_p2m_pfn, 0x480);
LINTEL_SIZE(struct start_info, 0x490);

#endif /* __ASSEMBLER__ */

#endif
