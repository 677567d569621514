// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the decompressors expect of the program that they are linked into: relocated
 * pointers, constructors called, and the functions of the C library that protocol/lib.h
 * does not declare.  Called by unpack.c and the libraries.  64-bit, any ring; writes to the
 * libraries' data only.
 */
#include "shim/unpack/unpack.h"

/* The stack protector reads its value at fs:0x28, so this is more than enough. */
#define TLS_SIZE 128

/* Elf64_Rela; lintel.linked has R_X86_64_RELATIVE alone (the Makefile looks). */
struct relocation {
	uint64_t offset, info, addend;
};

extern const struct relocation unpack_relocations[], unpack_relocations_end[];
extern void (*const unpack_constructors[])(void), (*const unpack_constructors_end[])(void);
extern char image_base[];

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void free(void *p);

void unpack_libraries(void)
{
	uint64_t base = (uint64_t)(uintptr_t)image_base;

	for (const struct relocation *r = unpack_relocations; r != unpack_relocations_end; r++)
		*(uint64_t *)(uintptr_t)(base + r->offset) = base + r->addend;
	/* liblzma's constructor chooses the CRC64 code that suits the processor. */
	for (void (*const *f)(void) = unpack_constructors; f != unpack_constructors_end; f++)
		(*f)();
}

void *unpack_tls(void)
{
	static uint64_t block[TLS_SIZE / sizeof(uint64_t)];

	return block;
}

/* The decompressors get memory from unpack.c's heap, so malloc() has none to give. */
void *malloc(size_t size)
{
	(void)size;
	return NULL;
}

void *calloc(size_t count, size_t size)
{
	(void)count;
	(void)size;
	return NULL;
}

void free(void *p)
{
	(void)p;
}
