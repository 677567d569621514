// SPDX-License-Identifier: BSD-2-Clause
/*
 * Serial ports of a PC, 16550s at I/O ports.  Called by console.c.  64-bit ring 0, or 32-bit
 * UEFI; may touch the ports that it was given, nothing else.  Every wait is bounded, since a
 * port may be missing, or nobody may take what it sends.
 */
#include "shim/pc/uart.h"

#include "protocol/say.h"
#include "shim/pc/com1.h"
#include "shim/pc/instructions.h"

#define ABSENT 0xff
#define SPINS 100000
#define PORTS_MAX 6
/* Bits that are always 0, so that not everything that answers is taken for a UART. */
#define IER_ZERO 0xf0
#define MCR_ZERO 0xc0

static uint16_t ports[PORTS_MAX] = { COM1 };
static uint32_t count = 1;

static void set_speed(uint16_t port, uint32_t baud)
{
	uint32_t divisor = SERIAL_FASTEST / baud;

	outb(port + UART_LCR, LCR_DLAB | LCR_8N1);
	outb(port, (uint8_t)divisor);
	outb(port + UART_IER, (uint8_t)(divisor >> 8));
	outb(port + UART_LCR, LCR_8N1);
}

/* Only reads: what lies at a port that a user names by mistake must not be changed. */
static bool is_uart(uint16_t port)
{
	return inb(port + UART_LSR) != ABSENT && !(inb(port + UART_IER) & IER_ZERO) &&
	       !(inb(port + UART_MCR) & MCR_ZERO);
}

/* Whether the port took the byte in time. */
static bool put(uint16_t port, char c)
{
	uint32_t i = 0;

	while (i < SPINS && !(inb(port + UART_LSR) & LSR_THR_EMPTY))
		i++;
	outb(port, (uint8_t)c);
	return i < SPINS;
}

/* Of a port that does not send, the rest of the text is lost. */
static void write_on(uint16_t port, const char *text, size_t len)
{
	if (inb(port + UART_LSR) == ABSENT)
		return;
	/* Five data bits: nobody has ever set this port up. */
	if (!inb(port + UART_LCR))
		set_speed(port, SERIAL_FASTEST);
	for (; len; len--, text++)
		if ((*text == '\n' && !put(port, '\r')) || !put(port, *text))
			return;
}

bool uart_add(struct serial s)
{
	uint32_t i = 0;

	while (i < count && ports[i] != s.port)
		i++;
	if (i == PORTS_MAX || !is_uart(s.port))
		return false;
	if (s.baud)
		set_speed(s.port, s.baud);
	ports[i] = s.port;
	count += i == count;
	return true;
}

uint16_t uart_port(void)
{
	return ports[count - 1];
}

void uart_write(const char *text, size_t len)
{
	for (uint32_t i = 0; i < count; i++)
		write_on(ports[i], text, len);
}
