// SPDX-License-Identifier: BSD-2-Clause
/*
 * Chooses the serial ports that Lintel's lines go to.  Called by lintel_plan(), when command line
 * and ACPI are known.  Any ring; in ring 0 it may touch the ports that are named, elsewhere none.
 */
#include "shim/pc/ports.h"

#include "protocol/say.h"
#include "protocol/serial.h"
#include "shim/pc/uart.h"

static void open_asked(const char *line)
{
	struct serial s;

	while (serial_next(&line, &s))
		if (!uart_add(s))
			say("lintel: lintel.serial=: there is no serial port at %x\n", s.port);
}

void ports_open(const struct handoff *h)
{
	static bool done;
	struct serial s;

	/* The plan may be made several times.  Under Xen the ports are Xen's, and a PV domain that
	 * touches one dies. */
	if (done || h->world != WORLD_PC)
		return;
	done = true;
	open_asked(h->cmdline);
	s = serial_of_acpi(h->rsdp);
	if (s.port)
		uart_add(s);
}
