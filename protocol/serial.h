/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which serial ports Lintel's lines go to: by the word lintel.serial=, and by ACPI's Serial
 * Port Console Redirection table.  Pure C for any world; may read ACPI's tables.
 */
#ifndef PROTOCOL_SERIAL_H
#define PROTOCOL_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

/* A 16550 divides this speed; what nobody has set up gets it undivided. */
#define SERIAL_FASTEST 115200u

/**
 * struct serial - a 16550 at I/O ports
 * @port: the first one, 0 for none
 * @baud: the speed to be set, 0 to keep the one that is set
 */
struct serial {
	uint16_t port;
	uint32_t baud;
};

/**
 * serial_next() - the next lintel.serial= of a command line
 * @line: where to look; moved behind what was found
 *
 * Says a line for one that names no port, and goes on after it.  Return: false at the end.
 */
bool serial_next(const char **line, struct serial *s);

/** serial_of_acpi() - the port that ACPI names for the console; its port is 0 for none
 *  @rsdp: address of the root pointer, 0 where unknown */
struct serial serial_of_acpi(uint64_t rsdp);

#endif
