// SPDX-License-Identifier: BSD-2-Clause
/*
 * Time limits by the time-stamp counter, which every 64-bit processor has.  Few tell how fast
 * it is, so it is compared with the PC's timer once, when a limit is asked for first.  Without
 * that timer (firmware may have stopped it) the fastest processor is assumed: limits are then
 * longer than they say, but limits still.  Called by the TPM's wires.  64-bit, ring 0; touches
 * channel 2 of the timer, the speaker's, which stays as a BIOS leaves it: off.
 */
#include "shim/tpm/clock.h"

#include "protocol/number.h"
#include "shim/pc/instructions.h"

/* Ticks in a millisecond. */
#define FASTEST 8000000u /* 8 GHz */
#define SLOWEST 100000u	 /* slower than any: then the timer was none */

/* Intel 8254: 1,193,182 Hz. */
#define TIMER_CHANNEL2 0x42
#define TIMER_MODE 0x43
#define TIMER_ONCE 0xb0 /* channel 2, both bytes, mode 0: the output rises at the end */
#define TIMER_MILLISECOND 1193
#define SPEAKER 0x61
#define SPEAKER_GATE 1
#define SPEAKER_ON 2
#define SPEAKER_OUTPUT 0x20

static uint32_t measure_once(void)
{
	uint8_t old = inb(SPEAKER);
	uint64_t begin, now;

	outb(SPEAKER, (uint8_t)((old & ~SPEAKER_ON) | SPEAKER_GATE));
	outb(TIMER_MODE, TIMER_ONCE);
	outb(TIMER_CHANNEL2, TIMER_MILLISECOND & 0xff);
	outb(TIMER_CHANNEL2, TIMER_MILLISECOND >> 8);
	begin = now = rdtsc();
	while (!(inb(SPEAKER) & SPEAKER_OUTPUT) && now - begin < FASTEST)
		now = rdtsc();
	outb(SPEAKER, old);
	return now - begin < SLOWEST || now - begin > FASTEST ? FASTEST : (uint32_t)(now - begin);
}

/* A hypervisor may take the processor away meanwhile, which only makes the number larger. */
static uint32_t measure(void)
{
	uint32_t least = FASTEST;

	for (int i = 0; i < 3; i++)
		least = (uint32_t)lower(least, measure_once());
	return least;
}

uint64_t clock_after(uint32_t milliseconds)
{
	static uint32_t speed;

	if (!speed)
		speed = measure();
	return rdtsc() + (uint64_t)speed * milliseconds;
}

bool clock_passed(uint64_t end)
{
	return rdtsc() >= end;
}

void clock_pause(uint32_t milliseconds)
{
	uint64_t end = clock_after(milliseconds);

	while (!clock_passed(end))
		;
}
