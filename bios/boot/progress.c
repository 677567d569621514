// SPDX-License-Identifier: BSD-2-Clause
/*
 * One line that shows the progress while the image is read, if that takes longer than a
 * second.
 * Called by boot_main()'s loop; real mode.
 */
#include "bios/boot/boot.h"

#define TICKS_1S 18

static uint32_t last_ticks, last_percent;
static bool started, shown;

void progress_show(uint32_t done, uint32_t total)
{
	uint32_t now = far_read32(0x40, 0x6c), percent = done / (total / 100 + 1);

	if (!started) {
		started = true;
		last_ticks = now;
	}
	if (now - last_ticks < TICKS_1S || percent == last_percent)
		return;
	last_ticks = now;
	last_percent = percent;
	shown = true;
	say("\rlintel: reading %02u%%", percent);
}

void progress_end(void)
{
	if (shown)
		say("\n");
	shown = false;
}
