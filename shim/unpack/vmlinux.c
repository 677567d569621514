// SPDX-License-Identifier: BSD-2-Clause
/*
 * The ELF file inside a bzImage.  Called by the doors of Xen before the plan is made:
 * unpacks to the kernel's own place if that is free, so that its segments need not move
 * far.  64-bit, any ring; may touch free memory and the handoff.
 */
#include "shim/unpack/vmlinux.h"

#include <lintel/elf.h>

#include "protocol/kernel.h"
#include "protocol/lib.h"
#include "protocol/number.h"
#include "protocol/say.h"
#include "shim/face/layout.h"
#include "shim/unpack/unpack.h"

/* Take free memory, at @wanted if it is free there. */
static struct blob take(struct handoff *h, uint64_t size, uint64_t wanted)
{
	uint64_t at = map_find_high(&h->map, (struct fit){ size, PAGE, MIB, UINT64_MAX });

	if (wanted && map_is_free(&h->map, wanted, wanted + size))
		at = wanted;
	if (!at)
		die(E_MEMORY,
		    "unpacking the kernel needs %" U64 " KiB in one piece, of %" U64 " KiB RAM",
		    size >> 10, map_total(&h->map, MAP_RAM) >> 10);
	map_use(&h->map, at, at + size);
	return (struct blob){ at, size };
}

static struct blob unpack_payload(struct handoff *h, const struct kernel *k, struct span payload)
{
	uint64_t size = unpack_size(payload);
	struct blob to, heap;

	if (!size)
		die(E_UNPACK, "kernel %s is packed in an unknown way: it begins with %08x", k->name,
		    rd32(payload, 0));
	to = take(h, size, k->run);
	heap = take(h, unpack_heap(payload) + PAGE, 0);
	unpack(payload, memory_at(to.base), memory_at(heap.base));
	return to;
}

void vmlinux_open(struct handoff *h, struct blob image)
{
	static struct kernel kernel;
	struct span file = span_at(h->kernel.base, h->kernel.size), payload;

	handoff_check_kernel(h);
	kernel_open(&kernel, h->kernel);
	if (kernel.kind != KERNEL_BZIMAGE)
		return;
	payload = span_sub(file, kernel.payload.base, kernel.payload.size);
	if (!payload.len)
		die(E_UNPACK,
		    "kernel %s has no ELF file inside, which Xen needs: its boot protocol %x is "
		    "older than 208, or it is damaged",
		    kernel.name, kernel.version);
	memcpy(h->kernel_name, kernel.name, sizeof(h->kernel_name));
	map_release(&h->map);
	handoff_mark(h);
	map_use(&h->map, image.base, image.base + image.size);
	if (rd32(payload, 0) == ELF_MAGIC)
		h->kernel = (struct blob){ h->kernel.base + kernel.payload.base, payload.len };
	else
		h->kernel = unpack_payload(h, &kernel, payload);
}
