/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the code that all worlds share asks of the world it is linked into: the image on a PC
 * and inside Xen, 32-bit UEFI, the host tool, the unit tests, the 16-bit setup code.  There is
 * no #if for a world: each defines these functions, and the linker takes them.
 * Declarations only; span.h and say.h include it, so few files must name it.
 */
#ifndef PROTOCOL_WORLD_H
#define PROTOCOL_WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span;

/** hash_fn - the hash of all of a span by one of the TCG's algorithms (shim/hash/hash.h); false
 *  for an algorithm that is not known */
typedef bool hash_fn(uint16_t algorithm, struct span s, uint8_t *digest);

/* ---- memory: all readers and writers; not in 16 bits ---- */

/**
 * span_at() - the bytes at an address of the machine, to be read
 * @base: address as the handoff gives it (HACKING, law 3: it can be dereferenced)
 * @size: number of bytes
 *
 * With memory_at() the one place where a number becomes a pointer, so that host tests can
 * give captured bytes instead.
 *
 * Return: the span; an empty one where the range wraps or no such memory exists.
 */
struct span span_at(uint64_t base, uint64_t size);

/** memory_at() - where an address of the machine can be written */
void *memory_at(uint64_t address);

/** memory_address() - the other way round: the address of something of ours, for the image
 *  alone, which must know where it lies */
uint64_t memory_address(const void *p);

/* ---- words: say.c and die.c ---- */

/** console_write() - bring these bytes to every console that exists */
void console_write(const char *text, size_t len);

/** refuse() - what follows the line of a refusal, such as going back to the firmware */
_Noreturn void refuse(void);

/* ---- the processor: the plan and the block, so the image alone ---- */

/** machine_has_gib_pages() - CPUID 80000001h, edx bit 26 */
bool machine_has_gib_pages(void);

/** machine_has_la57() - whether paging has five levels now, which only leaving long mode ends */
bool machine_has_la57(void);

/** machine_is_confidential() - whether this is a virtual machine whose memory its host cannot
 *  read, so that what the host says is not to be trusted */
bool machine_is_confidential(void);

/** machine_hash() - what hashes here; NULL in 32-bit UEFI, which has nothing for it */
hash_fn *machine_hash(void);

/** machine_time() - the time-stamp counter */
uint64_t machine_time(void);

#define MACHINE_SSSE3 1u
#define MACHINE_SHA 2u

/** machine_vectors() - make vector registers usable, those of SSE.  Return: MACHINE_SSSE3 and
 *  MACHINE_SHA, where the processor has these instructions */
uint32_t machine_vectors(void);

#endif
