// SPDX-License-Identifier: BSD-2-Clause
/*
 * Switches address line 20 on.  There is no one way that works on every machine, so
 * the line is tested before and after each.
 * Called by main() once; real mode; FS is used.
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
#define KBC_NOTHING 0xff /* a null command: some chips switch the line only after it */

#define FAST_A20_PORT 0x92
#define FAST_A20_ON 0x02
#define FAST_A20_RESET 0x01

#define TRIES 10000

/* With the line off 0x1004f0 is 0x4f0. */
static bool a20_is_on(void)
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
static bool a20_rises(void)
{
	unsigned int tries;

	for (tries = 0; tries < TRIES; tries++)
		if (a20_is_on())
			return true;
	return false;
}

static void a20_ask_bios(void)
{
	struct bios_regs r = { .eax = 0x2401 };

	bios_call(0x15, &r);
}

/* Wait until the controller takes a byte; what it still has to say is lost. */
static bool kbc_is_ready(void)
{
	unsigned int tries;
	uint8_t status;

	for (tries = 0; tries < TRIES; tries++) {
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

static void kbc_write(uint16_t port, uint8_t value)
{
	if (kbc_is_ready())
		outb(port, value);
}

static void a20_ask_kbc(void)
{
	asm volatile("cli"); /* or the BIOS's keyboard handler takes part */
	kbc_write(KBC_COMMAND, KBC_WRITE_OUTPUT_PORT);
	kbc_write(KBC_DATA, KBC_A20_ON);
	kbc_write(KBC_COMMAND, KBC_NOTHING);
	kbc_is_ready();
	asm volatile("sti");
}

static void a20_ask_port92(void)
{
	uint8_t value = inb(FAST_A20_PORT);

	value |= FAST_A20_ON;
	value &= (uint8_t)~FAST_A20_RESET;
	outb(FAST_A20_PORT, value);
}

void a20_enable(void)
{
	if (a20_is_on())
		return;
	a20_ask_bios();
	if (a20_rises())
		return;
	a20_ask_kbc();
	if (a20_rises())
		return;
	a20_ask_port92();
	if (a20_rises())
		return;
	die(E_A20, "address line 20 stays off, port 0x92 is 0x%x", inb(FAST_A20_PORT));
}
