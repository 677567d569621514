/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 16-bit setup code of the linux16 door: what its files share.
 *
 * All of it runs in real mode with CS = DS = ES = SS = the segment into which the
 * boot loader put file offset 0, so that a near pointer is a file offset.  It may
 * touch the first 32 KiB of that segment and nothing else, apart from what the
 * BIOS does for it.
 */
#ifndef BIOS_SETUP16_H
#define BIOS_SETUP16_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <lintel/linux.h>

#include "protocol/at.h"
#include "protocol/say.h"
#include "shim/face/layout.h"

/* ---- places.S: memory with a fixed place in the segment */

/** face_header - the setup header as the boot loader left it, at 0x1f1 */
extern struct setup_header face_header;

/** face_size_of_image - SizeOfImage of the PE header */
extern uint32_t face_size_of_image;

/** struct old_cmdline - from loaders before protocol 2.02, at 0x20 */
struct old_cmdline {
	uint16_t magic;	 /* LINUX_OLD_CMDLINE */
	uint16_t offset; /* within the segment */
};
extern struct old_cmdline old_cmdline;

/** zero_page - boot_params for the 32-bit code; cleared before main() */
extern struct boot_params zero_page;

/** struct e820_extra - the setup_data node for ranges that do not fit into the zero page */
struct e820_extra {
	struct setup_data node;
	struct boot_e820_entry entry[SETUP16_E820_MAX];
};
extern struct e820_extra e820_extra;
_Static_assert(SETUP16_E820 + sizeof(struct e820_extra) <= 0x7000, "no room for the stack");

/* ---- call.S: the BIOS */

/** struct bios_regs - registers of a BIOS call; the general ones are in the order of popal */
struct bios_regs {
	uint32_t edi, esi, ebp, esp_unused;
	uint32_t ebx, edx, ecx, eax;
	uint16_t es; /* what to add to our segment for ES */
};

/**
 * bios_call() - do what the instruction `int number` does
 * @number: of the interrupt
 * @r:      registers for the BIOS; on return, the BIOS's
 *
 * DS = our segment.  Carry is set before the call, so a service that does not exist does
 * not seem to succeed.  An interrupt without a handler (0:0) is not called.
 *
 * Return: whether carry was clear afterwards.
 */
bool bios_call(uint32_t number, struct bios_regs *r);

/* Compiled code calls these too. */
void *memset(void *to, int value, size_t n);
void *memcpy(void *to, const void *from, size_t n);

/* The steps of main(), one file each. */

/** e820_read() - fill in the memory map, alt_mem_k and ext_mem_k; refuses (E_E820) */
void e820_read(void);
/** a20_enable() - switch address line 20 on; refuses (E_A20) */
void a20_enable(void);
/** video_read() - fill screen_info: the text mode, or the VESA mode that vid_mode asks for */
void video_read(void);

/** main() - all steps of the setup code; returns the entry of the 32-bit code */
uint32_t main(void);

static inline void outb(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

/** io_wait() - about a microsecond: a write to the port of the POST codes */
static inline void io_wait(void)
{
	outb(0x80, 0);
}

/** far_read32() - read the dword at segment:offset, from memory each time */
static inline uint32_t far_read32(uint16_t segment, uint16_t offset)
{
	uint32_t value;

	__asm__ volatile("movw %1, %%fs\n\tmovl %%fs:(%2), %0"
			 : "=r"(value)
			 : "r"(segment), "r"((uint32_t)offset)
			 : "memory");
	return value;
}

/** far_write32() - write the dword at segment:offset */
static inline void far_write32(uint16_t segment, uint16_t offset, uint32_t value)
{
	__asm__ volatile("movw %0, %%fs\n\tmovl %2, %%fs:(%1)"
			 :
			 : "r"(segment), "r"((uint32_t)offset), "r"(value)
			 : "memory");
}

/** linear() - the address of @p for 32-bit code */
static inline uint32_t linear(const void *p)
{
	uint32_t segment;

	__asm__("movl %%ds, %0" : "=r"(segment));
	return (segment & 0xffff) * 16 + (uint32_t)p;
}

#endif
