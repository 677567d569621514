/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything from handoff to jump.
 */
#ifndef SHIM_LINTEL_H
#define SHIM_LINTEL_H

#include "protocol/kernel.h"
#include "shim/place.h"

/** struct booting - what lintel_plan() found and chose */
struct booting {
	struct kernel kernel;
	struct plan plan;
};
extern struct booting booting;

/** handoff - the one that the door's reader fills (handoff.c) */
extern struct handoff handoff;

/**
 * enum image_memory - what of the image's file is in memory
 * @IMAGE_CORE:   from the protected-mode part on, maybe only what a bare image has of it
 * @IMAGE_KNOWN:  the same, but no other tool has packed it: the 16-bit code has looked
 * @IMAGE_FILE:   all of it
 * @IMAGE_LOADED: all of it, its sections at their RVAs
 */
enum image_memory {
	IMAGE_CORE,
	IMAGE_KNOWN,
	IMAGE_FILE,
	IMAGE_LOADED,
};

/**
 * lintel_image() - note what is packed into our own image; called before the door's reader
 *
 * What `lintel build` packs is found on every door.  Other tools add sections to PE's table
 * only, which is in memory with IMAGE_FILE and IMAGE_LOADED.
 */
void lintel_image(struct handoff *h, enum image_memory memory);

/** lintel_image_place() - where the image lies, with all that is packed into it */
struct blob lintel_image_place(void);

/**
 * lintel_plan() - find the kernel and choose places; nothing is written or moved yet
 *
 * May be called again with a map that has been read anew, as UEFI's doors do: each step leaves
 * alone what it finds done, and what place() adds to the map goes with the old map.
 * Everything that can be refused is refused here.
 */
void lintel_plan(struct handoff *h);

/** lintel_announce() - say on the console what will be booted */
void lintel_announce(const struct handoff *h);

/** lintel_report() - add the boot report's lines */
void lintel_report(struct handoff *h);

/**
 * lintel_act() - write the block as lintel_plan() has it; cannot fail
 *
 * Return: the address to jump to, with rdi = it + LEAVE_ARGS (leave.h); the door's
 * assembly jumps.
 */
uint64_t lintel_act(struct handoff *h);

#endif
