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

/** struct old_cmdline - from loaders before protocol 2.02, at 0x20 */
struct old_cmdline {
	uint16_t magic;	 /* LINUX_OLD_CMDLINE */
	uint16_t offset; /* within the segment */
};
extern struct old_cmdline old_cmdline;

/** zero_page - the block that the 32-bit code gets; cleared before main() */
extern struct boot_params zero_page;

/** struct e820_extra - the setup_data node for what does not fit into the zero page */
struct e820_extra {
	struct setup_data node;
	struct boot_e820_entry entry[SETUP16_E820_MAX];
};
extern struct e820_extra e820_extra;
_Static_assert(SETUP16_E820 + sizeof(struct e820_extra) <= 0x7000, "no room for the stack");

/* ---- call.S: the BIOS */

/** struct bios_regs - registers of a BIOS call, the general ones as popal wants them */
struct bios_regs {
	uint32_t edi, esi, ebp, esp_unused;
	uint32_t ebx, edx, ecx, eax;
	uint16_t es; /* paragraphs from our segment to where ES shall be */
};

/**
 * bios_call() - what `int number` does
 * @number: of the interrupt
 * @r:      registers for the BIOS; on return those that it gave
 *
 * DS = our segment.  Carry is set on entry, so a service that is not there
 * does not look like one that succeeded.  An interrupt without a handler (0:0) is
 * not called.
 *
 * Return: whether carry was clear afterwards.
 */
bool bios_call(uint32_t number, struct bios_regs *r);

/* The compiler calls these too. */
void *memset(void *to, int value, size_t n);
void *memcpy(void *to, const void *from, size_t n);

/* The story's steps, one file each. */

/** e820_read() - memory map, alt_mem_k and ext_mem_k; refuses (E_E820) */
void e820_read(void);
/** a20_enable() - address line 20 on; refuses (E_A20) */
void a20_enable(void);
/** video_read() - screen_info of the text mode, or of the VESA mode that vid_mode wants */
void video_read(void);

/** main() - the story; returns where the 32-bit code begins */
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

/** far_read32() - the dword at segment:offset, uncached by the compiler */
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

/** linear() - the address that the 32-bit code has to use for @p */
static inline uint32_t linear(const void *p)
{
	uint32_t segment;

	__asm__("movl %%ds, %0" : "=r"(segment));
	return (segment & 0xffff) * 16 + (uint32_t)p;
}

#endif
