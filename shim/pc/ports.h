/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which serial ports Lintel's lines go to, besides COM1.
 */
#ifndef SHIM_PC_PORTS_H
#define SHIM_PC_PORTS_H

#include "protocol/handoff.h"

/** ports_open() - add the ports of lintel.serial= and of ACPI's tables, once; says a line if a
 *  port that a user asks for is not there */
void ports_open(const struct handoff *h);

#endif
