/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sections of a UKI (UAPI.5 Unified Kernel Image): our own image, or a file that a loader
 * or user gives.  Pure; any world.
 */
#ifndef PROTOCOL_BUNDLE_H
#define PROTOCOL_BUNDLE_H

#include <stdbool.h>

#include "protocol/span.h"

struct handoff;

/* A section's name and its NUL. */
#define BUNDLE_NAME 9

/**
 * struct bundle
 * @table:  its section headers, as PE has them; empty where it is no PE file
 * @size:   bytes of the file
 * @loaded: firmware has loaded it: its sections lie at their RVAs, not at their file offsets
 */
struct bundle {
	struct span table;
	uint64_t size;
	bool loaded;
};

/** bundle_of() - the sections of a file */
struct bundle bundle_of(struct span file);

/** bundle_sections() - how many there are */
uint32_t bundle_sections(const struct bundle *b);

/** bundle_section() - section number @i; its name ends with a NUL
 *  Return: its place, relative to the file. */
struct blob bundle_section(const struct bundle *b, uint32_t i, char name[BUNDLE_NAME]);

/** bundle_end() - how many sections belong to the first profile or to all profiles; they
 *  are the first ones (UAPI.5, "Multi-profile UKIs") */
uint32_t bundle_end(const struct bundle *b);

/** bundle_find() - the section with this name, of up to 8 characters
 *
 * In a UKI of several profiles those of the first profile win over those of all profiles,
 * and those of the other profiles do not count.
 *
 * Return: its place, relative to the file; size 0 for none.
 */
struct blob bundle_find(const struct bundle *b, const char *name);

/** bundle_place() - the same in memory, where @base is the file's first byte; refuses one that
 *  ends outside the file (E_BUNDLE) */
struct blob bundle_place(const struct bundle *b, uint64_t base, const char *name);

/** bundle_is_uki() - whether there is a kernel, in a section .linux */
bool bundle_is_uki(const struct bundle *b);

/** bundle_is_whole() - whether all that bundle_open() takes ends inside the file */
bool bundle_is_whole(const struct bundle *b);

/**
 * bundle_open() - take kernel, microcode, initrd and command line out of a UKI
 * @base: where its first byte lies
 * @h:    gets kernel and initrds, the command line if it has none yet, and @b itself
 *
 * Refuses a section that ends outside the file (E_BUNDLE).
 */
void bundle_open(const struct bundle *b, uint64_t base, struct handoff *h);

/** bundle_is_signed() - whether a PE file has a signature; whether it is valid is not checked */
bool bundle_is_signed(struct span file);

#endif
