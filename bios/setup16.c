// SPDX-License-Identifier: BSD-2-Clause
/*
 * The linux16 door.  It does what the setup code of the Linux kernel does.  A boot loader
 * has filled the setup header and entered us in real mode; we ask the BIOS, make a zero
 * page and go on as a loader of the 32-bit protocol.
 * Called by start16.S once; real mode, BIOS alive, interrupts on.
 */
#include "bios/setup16.h"

#include "protocol/number.h"

#define JUMP_SHORT 0xeb

/* The jump at 0x200 goes to the end of the header, so its distance gives the length. */
static uint32_t header_size(void)
{
	uint32_t after_jump = offsetof(struct setup_header, jump) + sizeof(face_header.jump);

	return after_jump + (face_header.jump >> 8);
}

static void check_header(void)
{
	uint32_t room = offsetof(struct boot_params, edd_mbr_sig_buffer) -
			offsetof(struct boot_params, hdr);

	if (face_header.boot_flag != LINUX_BOOT_FLAG)
		die(E_BLOCK, "setup header's boot_flag is 0x%x", face_header.boot_flag);
	if (face_header.header != LINUX_HDRS)
		die(E_BLOCK, "setup header's magic is 0x%x", face_header.header);
	if ((face_header.jump & 0xff) != JUMP_SHORT || header_size() > room)
		die(E_BLOCK, "setup header's jump is 0x%x", face_header.jump);
	if (face_header.code32_start < MIB)
		die(E_BLOCK, "setup header's code32_start is 0x%x", face_header.code32_start);
}

/* Other tools than `lintel build` know PE's headers only.  So the setup header still speaks of
 * the bare image, and the loader may have read no more. */
static void check_packing(void)
{
	if (face_size_of_image != PM_OFFSET + face_header.syssize * 16)
		die(E_REPACK, "another tool packed this image, so it boots by UEFI and Multiboot "
			      "only: lintel build --uki=IMAGE");
}

static void copy_header(void)
{
	memcpy(&zero_page.hdr, &face_header, header_size());
}

static void find_cmdline(void)
{
	if (zero_page.hdr.type_of_loader && zero_page.hdr.cmd_line_ptr)
		return;
	if (old_cmdline.magic == LINUX_OLD_CMDLINE)
		zero_page.hdr.cmd_line_ptr = linear(0) + old_cmdline.offset;
}

/* Some BIOSes must know that long mode follows: they set up machine check and SMI for it. */
static void announce_cpu_mode(void)
{
	struct bios_regs r = { .eax = 0xec00, .ebx = 2 };

	bios_call(0x15, &r);
}

static void read_keyboard(void)
{
	struct bios_regs r = { .eax = 0x0200 };

	bios_call(0x16, &r);
	zero_page.kbd_status = (uint8_t)r.eax;
}

uint32_t main(void)
{
	/* A loader may have read too little of the file: then nothing below would work. */
	check_header();
	/* It has a kernel, but here it cannot be seen. */
	check_packing();
	/* The loader has filled in the file's header, but the 32-bit code reads the zero page. */
	copy_header();
	/* Loaders older than protocol 2.02 store the command line's address elsewhere. */
	find_cmdline();
	/* Most BIOSes do not know this call, and nothing depends on it, so ignore the answer. */
	announce_cpu_mode();
	/* The 32-bit code cannot call the BIOS, so ask here for everything that it needs. */
	e820_read();
	/* The 32-bit code lies above 1 MiB, where every second MiB is missing without A20. */
	a20_enable();
	/* Late, since a graphics mode ends the text screen on which refusals are written. */
	video_read();
	/* The kernel keeps the keyboard's locks (Num Lock, for example) as they are. */
	read_keyboard();
	/* Not startup_32 itself, so that the report names the right door. */
	return zero_page.hdr.code32_start + PM_STARTUP_16;
}
