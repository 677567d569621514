// SPDX-License-Identifier: BSD-2-Clause
/*
 * die() of the boot loader for BIOS media.  Within an attempt() it goes back, since there
 * may be another image.  Else five seconds later, so that its line can be read, the BIOS is
 * asked to try the next boot device.
 * Called from everywhere; real mode.
 */
#include "bios/boot/boot.h"

#define TICK_COUNT 0x6c /* in segment 0x40, 18.2 per second */
#define TICKS_5S 91

struct failure failure;

static uint32_t ticks(void)
{
	return far_read32(0x40, TICK_COUNT);
}

static _Noreturn void next_device(void)
{
	uint32_t start = ticks();
	struct bios_regs r = { .eax = 0 };

	while (ticks() - start < TICKS_5S) /* at midnight it ends early */
		__asm__ volatile("sti\n\thlt");
	bios_call(0x18, &r);
	for (;;)
		__asm__ volatile("sti\n\thlt");
}

/* The text may be that of an earlier failure, with words in front. */
void die(enum error e, const char *fmt, ...)
{
	char line[FAILURE_LINE];
	va_list ap;

	va_start(ap, fmt);
	vformat(line, sizeof(line), fmt, ap);
	va_end(ap);
	progress_end();
	if (attempt_stack) {
		failure.error = e;
		memcpy(failure.text, line, sizeof(failure.text));
		failure.text[sizeof(failure.text) - 1] = '\0';
		attempt_end();
	}
	say("\nlintel: E%02u %s\n", e, line);
	next_device();
}
