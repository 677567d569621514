/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text of files, names of files and other programs' words may be anything: none of it may
 * control the terminal that shows it.
 */
#ifndef ISO_TERMINAL_H
#define ISO_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/**
 * terminal_clean() - text for a terminal
 * @to:    gets as much of it as fits, and a NUL; may be @text itself
 * @size:  bytes at @to, at least 1
 * @lines: keep newlines and tabs
 *
 * Control characters of ASCII and of Unicode become blanks, bytes that are no UTF-8 become
 * question marks.
 */
void terminal_clean(char *to, size_t size, const char *text, bool lines);

#endif
