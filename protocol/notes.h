/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an ELF kernel says in its notes about how it wants to be started.
 */
#ifndef PROTOCOL_NOTES_H
#define PROTOCOL_NOTES_H

#include <stdbool.h>
#include <stdint.h>

#include "lintel.h"
#include "span.h"

/**
 * struct kernel_notes - from notes named "Xen" (public/elfnote.h) and "Lintel"
 * @contract:       the version of the contract that the kernel needs, where it says one
 * @lintel:         takes boot_params everywhere, inside Xen PV too
 * @is_linux:       says that it is Linux
 * @pv:             can be a PV guest: names Xen 3.0 and a loader that is known
 * @no_dom0:        says which features it has, and being the initial domain is none
 * @entry:          PV entry, virtual; 0: the ELF header's
 * @virt_base:      where physical memory is seen in PV ...
 * @paddr_offset:   ... that begins at this address
 * @hypercall_page: virtual address of a page to be filled, 0 for none
 * @phys32_entry:   PVH entry, physical; 0 where it has none
 */
struct kernel_notes {
	bool lintel, is_linux, pv, no_dom0;
	bool xen_version, loader;
	uint32_t contract;
	uint64_t entry, virt_base, paddr_offset, hypercall_page, phys32_entry;
};

/** notes_read() - take in the notes of one PT_NOTE segment; unknown ones are skipped */
void notes_read(struct kernel_notes *n, struct span segment);

#endif
