// SPDX-License-Identifier: BSD-2-Clause
/*
 * Switches address line 20 on.  No single way works on every machine, so several are tried,
 * and the line is tested before and after each.
 * Called by main() and by boot_main(), once; real mode; FS is used.
 */
#include "bios/setup16.h"

/* 16 bytes of the BIOS data area that no BIOS uses ("intra-application communication"). */
#define SCRATCH 0x4f0

#define KBC_DATA 0x60
#define KBC_STATUS 0x64
#define KBC_COMMAND 0x64
#define KBC_ABSENT 0xff
#define KBC_OUTPUT_FULL 0x01
#define KBC_INPUT_FULL 0x02
#define KBC_WRITE_OUTPUT_PORT 0xd1
#define KBC_A20_ON 0xdf
#define KBC_NOTHING 0xff /* null command: some chips switch the line only after it */

#define FAST_A20_PORT 0x92
#define FAST_A20_ON 0x02
#define FAST_A20_RESET 0x01

#define TRIES 10000

/* While the line is off, address 0x1004f0 is the same memory as 0x4f0. */
static bool is_on(void)
{
	uint32_t saved = far_read32(0, SCRATCH);
	uint32_t far = far_read32(0xffff, SCRATCH + 0x10);
	bool on;

	far_write32(0, SCRATCH, ~far);
	io_wait();
	on = far_read32(0xffff, SCRATCH + 0x10) == far;
	far_write32(0, SCRATCH, saved);
	return on;
}

/* The line may take a while to rise. */
static bool rises(void)
{
	for (uint32_t tries = 0; tries < TRIES; tries++)
		if (is_on())
			return true;
	return false;
}

static void ask_bios(void)
{
	struct bios_regs r = { .eax = 0x2401 };

	bios_call(0x15, &r);
}

/* Wait until the controller accepts a byte, and drop the bytes that it has for us. */
static bool wait_for_kbc(void)
{
	uint8_t status;

	for (uint32_t tries = 0; tries < TRIES; tries++) {
		io_wait();
		status = inb(KBC_STATUS);
		if (status == KBC_ABSENT)
			return false;
		if (status & KBC_OUTPUT_FULL)
			inb(KBC_DATA);
		else if (!(status & KBC_INPUT_FULL))
			return true;
	}
	return false;
}

static void write_kbc(uint16_t port, uint8_t value)
{
	if (wait_for_kbc())
		outb(port, value);
}

static void ask_kbc(void)
{
	__asm__ volatile("cli"); /* keep the BIOS's keyboard handler out */
	write_kbc(KBC_COMMAND, KBC_WRITE_OUTPUT_PORT);
	write_kbc(KBC_DATA, KBC_A20_ON);
	write_kbc(KBC_COMMAND, KBC_NOTHING);
	wait_for_kbc();
	__asm__ volatile("sti");
}

static void set_port92(void)
{
	uint8_t value = inb(FAST_A20_PORT);

	value |= FAST_A20_ON;
	value &= (uint8_t)~FAST_A20_RESET;
	outb(FAST_A20_PORT, value);
}

void a20_enable(void)
{
	if (is_on())
		return;
	ask_bios();
	if (rises())
		return;
	ask_kbc();
	if (rises())
		return;
	set_port92();
	if (rises())
		return;
	die(E_A20, "address line 20 stays off, port 0x92 is 0x%x", inb(FAST_A20_PORT));
}
