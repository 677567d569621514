/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first serial port of a PC and port 0xe9, for the consoles of every mode: registers of a
 * 16550 and their bits.  Read by C and assembly, so constants only.
 */
#ifndef SHIM_PC_COM1_H
#define SHIM_PC_COM1_H

#define UART_IER 1 /* interrupts, or the upper half of the divisor */
#define UART_LCR 3 /* line control */
#define UART_MCR 4 /* modem control */
#define UART_LSR 5 /* line status */

#define COM1 0x3f8
#define COM1_LCR (COM1 + UART_LCR)
#define COM1_LSR (COM1 + UART_LSR)
#define LCR_8N1 0x03
#define LCR_DLAB 0x80 /* the first two ports are the divisor of the speed */
#define LSR_THR_EMPTY 0x20

/* Some hypervisors (QEMU, Bochs) print the bytes that are written to this port. */
#define DEBUG_PORT 0xe9

#endif
