// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the decompressors expect of the program that they are linked into: pointers
 * adjusted to where it lies, constructors called, and the C library's functions that
 * are not in lib.c.  Called by unpack.c and the libraries.  64-bit, any ring; writes
 * to the libraries' data only.
 */
#include "protocol/say.h"
#include "shim/unpack/unpack.h"

/* Where the stack protector reads its value, fs:0x28, and more than enough around it. */
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
_Noreturn void __stack_chk_fail(void);

void unpack_libraries(void)
{
	uint64_t base = (uint64_t)(uintptr_t)image_base;

	for (const struct relocation *r = unpack_relocations; r != unpack_relocations_end; r++)
		*(uint64_t *)(uintptr_t)(base + r->offset) = base + r->addend;
	/* liblzma chooses its CRC64 by what the processor can. */
	for (void (*const *f)(void) = unpack_constructors; f != unpack_constructors_end; f++)
		(*f)();
}

void *unpack_tls(void)
{
	static uint64_t block[TLS_SIZE / sizeof(uint64_t)];

	return block;
}

/* All memory comes from unpack.c's heap: what asks for other memory gets none. */
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

void __stack_chk_fail(void)
{
	die(E_TRAP, "a decompressor has overwritten its stack");
}
