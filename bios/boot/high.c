// SPDX-License-Identifier: BSD-2-Clause
/*
 * The 32-bit part of the boot loader for BIOS media: copies what was read to its place
 * above 1 MiB and computes the checksum on the way.
 * Called through high_call(): protected mode, flat, interrupts off.  It calls no function
 * elsewhere, since all other code is 16-bit (the Makefile checks that).
 */
#include "bios/boot/high.h"
#include "bios/boot/sum.h"

#define CR0_EM (1u << 2)
#define CR0_TS (1u << 3)
#define CR4_OSFXSR (1u << 9)

/* In memory, since the BIOS changes registers between two pieces. */
static struct image_sum sum;

void high_sum_begin(void *nothing)
{
	(void)nothing;
	sum = (struct image_sum){ .word = { 0 } };
}

void high_copy(void *argument)
{
	const struct piece *piece = argument;
	uint32_t to = piece->to, from = piece->from;
	uint32_t words = piece->size / 4, bytes = piece->size % 4;

	__asm__ volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

/* The BIOS's values of these registers may forbid SSE2, so they are changed and restored. */
void high_sum(void *argument)
{
	const struct piece *piece = argument;
	uint32_t cr0, cr4;

	__asm__ volatile("movl %%cr0, %0\n\tmovl %%cr4, %1" : "=r"(cr0), "=r"(cr4));
	__asm__ volatile("movl %0, %%cr0\n\tmovl %1, %%cr4"
			 :
			 : "r"(cr0 & ~(CR0_EM | CR0_TS)), "r"(cr4 | CR4_OSFXSR)
			 : "memory");
	/* The sum is of the copy, not of what was read, so that broken memory is found too. */
	sum_add(&sum, (const void *)piece->to, piece->size / SUM_BLOCK);
	__asm__ volatile("movl %0, %%cr4\n\tmovl %1, %%cr0" : : "r"(cr4), "r"(cr0) : "memory");
}

void high_sum_value(void *value)
{
	*(uint64_t *)value = sum_value(&sum);
}
