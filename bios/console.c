// SPDX-License-Identifier: BSD-2-Clause
/*
 * The console of the 16-bit code: COM1, port 0xe9 and the BIOS's screen.
 * Called by every step; real mode.  A console that is missing cannot stop it.
 */
#include "bios/setup16.h"
#include "shim/pc/com1.h"

/*
 * If a BIOS or boot loader has set COM1 up, its settings stay.  A line control register of
 * 0 (five data bits) means that nothing has.  A port that does not exist reads 0xff.
 */
static void set_up_serial(void)
{
	if (inb(COM1_LCR))
		return;
	outb(COM1_LCR, LCR_DLAB | LCR_8N1);
	outb(COM1, 1); /* 115200 baud */
	outb(COM1 + 1, 0);
	outb(COM1_LCR, LCR_8N1);
}

/* The status of a port that is not there reads 0xff, which is "can send". */
static void write_serial(char c)
{
	uint32_t tries = 20000;

	while (!(inb(COM1_LSR) & LSR_THR_EMPTY) && --tries)
		io_wait();
	outb(COM1, (uint8_t)c);
}

static void write_screen(char c)
{
	struct bios_regs r = { .eax = 0x0e00 | (uint8_t)c, .ebx = 7 };

	bios_call(0x10, &r);
}

static void write_char(char c)
{
	write_serial(c);
	outb(DEBUG_PORT, (uint8_t)c);
	write_screen(c);
}

void console_write(const char *text, size_t len)
{
	set_up_serial();
	for (; len; len--, text++) {
		if (*text == '\n')
			write_char('\r');
		write_char(*text);
	}
}
