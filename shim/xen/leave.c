// SPDX-License-Identifier: BSD-2-Clause
/*
 * The exit inside Xen PV.  Called last by the xenpv door.  Ring 3, on Xen's page tables,
 * which the kernel goes on using.  The plan never moves anything over this code, so C can
 * carry it out.
 */
#include "protocol/lib.h"
#include "protocol/readers.h"
#include "protocol/say.h"
#include "shim/leave.h"
#include "shim/xen/xen.h"

static void carry_out(const struct plan *p)
{
	for (uint32_t i = 0; i < p->moves; i++) {
		const struct move *m = &p->move[i];

		if (m->from == MOVE_ZERO)
			memset(memory_at(m->to), 0, m->size);
		else
			memmove(memory_at(m->to), memory_at(m->from), m->size);
	}
}

void leave_pv(const struct plan *p, struct handoff *h, const struct kernel *k, uint64_t stack)
{
	uint64_t block = leave_params(p, h, k);

	carry_out(p);
	if (k->notes.hypercall_page)
		xen_fill_page(k->notes.hypercall_page);
	xen_jump((uint64_t)(uintptr_t)memory_at(p->entry), (uint64_t)(uintptr_t)memory_at(block),
		 stack);
}
