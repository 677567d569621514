// SPDX-License-Identifier: BSD-2-Clause
/*
 * What follows a refusal where neither a boot loader nor firmware can take over: stay, or
 * reset after lintel.reboot=SECONDS.  Called by die().  64-bit, ring 0.
 */
#include "protocol/lib.h"
#include "protocol/say.h"
#include "shim/lintel.h"
#include "shim/pc/instructions.h"
#include "shim/pc/refuse.h"

#define PIT_CHANNEL_2 0x42
#define PIT_COMMAND 0x43
#define PIT_HZ 1193182
#define PORT_B 0x61
#define PORT_B_GATE_2 0x01
#define PORT_B_SPEAKER 0x02
#define PORT_B_OUT_2 0x20
#define TICKS 100 /* a second, in waits of 10 ms */
#define WAIT_SPINS 1000000
#define KEYBOARD_COMMAND 0x64
#define KEYBOARD_RESET 0xfe
#define RESET_CONTROL 0xcf9
#define RESET_FULL 0x06

/* Wait a hundredth of a second by the timer's channel 2; bounded, since the timer may be
 * missing. */
static void wait_tick(void)
{
	uint8_t b = (uint8_t)(inb(PORT_B) & ~PORT_B_SPEAKER) | PORT_B_GATE_2;

	outb(PORT_B, b);
	outb(PIT_COMMAND, 0xb0); /* channel 2, both bytes, mode 0: output rises at the end */
	outb(PIT_CHANNEL_2, (PIT_HZ / TICKS) & 0xff);
	outb(PIT_CHANNEL_2, (PIT_HZ / TICKS) >> 8);
	for (uint32_t i = 0; i < WAIT_SPINS && !(inb(PORT_B) & PORT_B_OUT_2); i++)
		;
}

_Noreturn static void halt(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

_Noreturn static void reset(void)
{
	outb(RESET_CONTROL, RESET_FULL);
	outb(KEYBOARD_COMMAND, KEYBOARD_RESET);
	halt();
}

/* The number after lintel.reboot= on the command line; false where it is not there. */
static bool reboot_after(const char *line, uint32_t *seconds)
{
	static const char key[] = "lintel.reboot=";

	for (; *line; line++)
		if (!memcmp(line, key, sizeof(key) - 1))
			break;
	if (!*line)
		return false;
	*seconds = 0;
	for (line += sizeof(key) - 1; *line >= '0' && *line <= '9' && *seconds < 100000; line++)
		*seconds = *seconds * 10 + (uint32_t)(*line - '0');
	return true;
}

void refuse_pc(void)
{
	uint32_t seconds;

	if (!reboot_after(handoff.cmdline, &seconds))
		halt();
	for (uint32_t i = 0; i < seconds * TICKS; i++)
		wait_tick();
	reset();
}
