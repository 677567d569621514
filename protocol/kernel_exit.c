// SPDX-License-Identifier: BSD-2-Clause
/*
 * How a kernel is entered in this world.  Called when the kernel is known.  Pure C for any
 * world.
 */
#include <lintel/xen_guest.h>

#include "protocol/kernel.h"
#include "protocol/number.h"
#include "protocol/say.h"

/* Segments must lie at their addresses, unless a note says that the entry runs at others too. */
static void enter_pvh(struct kernel *k)
{
	const struct kernel_notes *n = &k->notes;

	k->exit = EXIT_PVH;
	k->relocatable = n->phys32_reloc && !(n->reloc_align & (n->reloc_align - 1));
	if (k->relocatable) {
		k->run = n->reloc_min;
		k->load_max = (uint64_t)n->reloc_max + 1;
		k->align = n->reloc_align > k->align ? n->reloc_align : k->align;
	}
	k->bits = 32;
	k->entry = k->notes.phys32_entry - k->base;
	k->initrd_max = FOUR_GIB;
}

static void check_pv(const struct kernel *k, const struct handoff *h)
{
	const struct kernel_notes *n = &k->notes;

	if (!n->pv)
		die(E_XEN, "kernel %s cannot be a Xen PV guest: its ELF notes do not say so",
		    k->name);
	if (k->bits != 64)
		die(E_XEN, "kernel is a %u-bit Xen PV guest, 64 needed", k->bits);
	if (n->no_dom0 && h->start_flags & SIF_INITDOMAIN)
		die(E_XEN, "kernel %s cannot be Xen's initial domain: its ELF notes say so",
		    k->name);
	if (n->virt_base - n->paddr_offset != XEN_VIRT_BASE)
		die(E_XEN, "kernel %s wants memory seen at %" X64 ", Lintel has it at %" X64,
		    k->name, n->virt_base - n->paddr_offset, (uint64_t)XEN_VIRT_BASE);
}

static void enter_xenpv(struct kernel *k, const struct handoff *h)
{
	check_pv(k, h);
	k->exit = EXIT_XENPV;
	k->relocatable = false; /* its address in memory decides its virtual address */
	k->entry = (k->notes.entry ? k->notes.entry : k->header_entry) - XEN_VIRT_BASE - k->base;
	k->cmdline_size = XEN_CMDLINE_SIZE - 1;
}

void kernel_choose_exit(struct kernel *k, const struct handoff *h)
{
	const struct kernel_notes *n = &k->notes;

	k->exit = EXIT_LINUX;
	if (n->contract > LINTEL_CONTRACT)
		die(E_CONTRACT, "kernel %s needs version %u of the contract, this is version %u",
		    k->name, n->contract, LINTEL_CONTRACT);
	if (n->lintel)
		return;
	if (h->world == WORLD_XEN_PV)
		enter_xenpv(k, h);
	else if (n->phys32_entry && (h->world == WORLD_XEN_DOM0 || !n->is_linux))
		enter_pvh(k);
	else if (h->world == WORLD_XEN_DOM0)
		die(E_XEN, "kernel %s cannot be Xen's PVH initial domain: no PHYS32_ENTRY note",
		    k->name);
}
