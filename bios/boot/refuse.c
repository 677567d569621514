// SPDX-License-Identifier: BSD-2-Clause
/*
 * What follows a refusal of the boot loader for BIOS media: after five seconds, in which
 * its line can be read, the BIOS is asked for the next boot device.
 * Called by die(); real mode.
 */
#include "bios/boot/boot.h"

#define TICK_COUNT 0x6c /* in segment 0x40, 18.2 per second */
#define TICKS_5S 91

static uint32_t ticks(void)
{
	return far_read32(0x40, TICK_COUNT);
}

_Noreturn void refuse(void)
{
	uint32_t start = ticks();
	struct bios_regs r = { .eax = 0 };

	while (ticks() - start < TICKS_5S) /* at midnight it ends early */
		__asm__ volatile("sti\n\thlt");
	bios_call(0x18, &r);
	for (;;)
		__asm__ volatile("sti\n\thlt");
}
