/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The serial ports that Lintel's lines go to: COM1, and those that are added.
 */
#ifndef SHIM_PC_UART_H
#define SHIM_PC_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/serial.h"

/**
 * uart_add() - write on this port too, from now on
 *
 * A port that is written on already only gets its speed, if @s says one.  Return: false if there
 * is no 16550, or no room for one more.
 */
bool uart_add(struct serial s);

/** uart_port() - the port that was added last, if only one can be written on */
uint16_t uart_port(void);

/** uart_write() - write on every port that exists; no port can stop it */
void uart_write(const char *text, size_t len);

#endif
