// SPDX-License-Identifier: BSD-2-Clause
/*
 * The linux16 door: what the Linux kernel's setup code does for its kernel.  A boot
 * loader has filled the setup header and entered us in real mode; we ask the BIOS,
 * make a zero page and go on as a loader of the 32-bit protocol.
 * Called by start16.S once; real mode, BIOS alive, interrupts on.
 */
#include "bios/setup16.h"

#define JUMP_SHORT 0xeb

/* The jump at 0x200 leads to the end of the header, so its distance gives the length. */
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
	if (face_header.code32_start < 0x100000)
		die(E_BLOCK, "setup header's code32_start is 0x%x", face_header.code32_start);
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

/* Some BIOSes set up machine check and SMI differently for long mode. */
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
	/* A loader may have read too little: then nothing that follows would work. */
	check_header();
	/* The loader filled in the header in our file; the 32-bit code reads the zero page's. */
	copy_header();
	/* Loaders older than protocol 2.02 leave the command line's place elsewhere. */
	find_cmdline();
	/* Nothing depends on it, so no answer is looked at: most BIOSes do not know this call. */
	announce_cpu_mode();
	/* The 32-bit code cannot ask the BIOS any more, so whatever it needs is asked for here. */
	e820_read();
	/* The 32-bit code lies above 1 MiB, where each second MiB is missing without it. */
	a20_enable();
	/* Late, since a graphics mode ends the text screen on which refusals are written. */
	video_read();
	/* The kernel wants the locks (Num Lock, for one) as the user left them. */
	read_keyboard();
	/* An entry of its own beside startup_32, so that reports name the right door. */
	return zero_page.hdr.code32_start + PM_STARTUP_16;
}
