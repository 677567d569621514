/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a kernel needs to be started by Lintel, wherever that is: the one header to include.
 *
 * A kernel is an ELF file that belongs at the p_paddr of its segments.  It is entered at
 * e_entry, interrupts off, and handed struct boot_params (linux.h), in every environment
 * the same.  Which one it is says boot_params.hdr.hardware_subarch (SUBARCH_*):
 *
 *                   SUBARCH_PC, 64 bits   SUBARCH_PC, 32 bits   SUBARCH_XEN
 *   file            ELF64                 ELF32                 ELF64 with LINTEL_NOTE
 *   mode            ring 0, long mode     ring 0, paging off    ring 3, long mode
 *   boot_params at  rsi                   esi                   rsi, virtual
 *   address a is at a                     a                     a + XEN_VIRT_BASE
 *   stack           4 KiB, in the block   the same              Xen's boot stack
 *   own block       none                  none                  struct start_info (xenpv.h)
 *                                                               at hardware_subarch_data
 *
 * Rule by rule it stands in ENTRY.md; R12 and the like are its numbers.
 *
 * All addresses in boot_params, and in what it points at, are physical.  Inside Xen PV they
 * are pseudo-physical, and memory is seen at XEN_VIRT_BASE, as far as Xen has mapped it: up
 * to the page of the boot stack, behind kernel, initrd and blocks.  The kernel runs there
 * too, so one for both is position independent (-fpie, no relocations).  In a PVH guest of
 * Xen all is as on a PC.
 *
 * Installed for kernel writers, as <lintel/lintel.h>; from assembly it gives the constants.
 */
#ifndef PROTOCOL_LINTEL_H
#define PROTOCOL_LINTEL_H

#include "xen_guest.h"

/*
 * The ELF note by which a kernel says that it takes boot_params in every environment, inside
 * Xen PV too, in a PT_NOTE segment (gABI, "Note Section"; Lintel, README, "Write a kernel
 * once").  Its descriptor is a 32-bit number, the version of the contract
 * that the kernel needs (R5).
 */
#define LINTEL_ELFNOTE_NAME "Lintel"
#define LINTEL_ELFNOTE_ENTRY 1 /* the note's type */
#define LINTEL_CONTRACT 1      /* the descriptor: the version of ENTRY.md that is kept */

/**
 * LINTEL_NOTE - in assembly: the note, in a section .note.Lintel of its own
 *
 * 24 bytes: sizes of name and descriptor, type, name with NUL and padding, descriptor.
 */
/* clang-format off */
#define LINTEL_NOTE \
	.pushsection .note.Lintel, "a", @note; \
	.balign 4; \
	.long 7, 4, LINTEL_ELFNOTE_ENTRY; \
	.asciz LINTEL_ELFNOTE_NAME; \
	.balign 4; \
	.long LINTEL_CONTRACT; \
	.popsection
/* clang-format on */

/*
 * setup_header.hardware_subarch: where the kernel runs (Linux, boot.rst, "Details of Header
 * Fields", and bootparam.h, enum x86_hardware_subarch).  Lintel finds out 0 and 2; another
 * number that a boot loader of the Linux protocol gave is handed on, with its pointer.
 */
#define SUBARCH_PC 0	    /* a PC, or a virtual machine that looks like one */
#define SUBARCH_LGUEST 1    /* lguest */
#define SUBARCH_XEN 2	    /* Xen PV; hardware_subarch_data: struct start_info */
#define SUBARCH_INTEL_MID 3 /* Intel MID */
#define SUBARCH_CE4100 4    /* Intel CE4100 */

/*
 * setup_data.type of the boot report (Lintel, README): lines key=value, each with its
 * newline, no NUL; setup_data.len bytes, at most 1023.  Keys that are unknown are skipped.
 */
#define SETUP_LINTEL 0x4c544e4c

#ifndef __ASSEMBLER__
#include "linux.h"
#endif

#endif
