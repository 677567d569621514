/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The block that Xen gives to a 64-bit PV guest (Xen, public/xen.h, "Start-of-day memory
 * layout").
 */
#ifndef PROTOCOL_XENPV_H
#define PROTOCOL_XENPV_H

#include <stdint.h>

#include "at.h"
#include "xen_guest.h"

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

#endif
