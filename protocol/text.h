/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Conversion between UTF-16, which UEFI uses, and UTF-8, which command lines use.
 * Pure C for any world; may touch only what it is given.
 */
#ifndef PROTOCOL_TEXT_H
#define PROTOCOL_TEXT_H

#include "protocol/span.h"

/**
 * text_from_utf16() - UTF-16, little-endian, up to a NUL or the span's end, as UTF-8
 * @to:   gets as much of the text as fits, and a NUL
 * @size: bytes at @to, at least 1
 *
 * A byte-order mark is left out.  Control characters become blanks, half a surrogate pair
 * becomes U+FFFD.
 *
 * Return: how many bytes the whole text has without the NUL; @size or more: it did not fit.
 */
size_t text_from_utf16(char *to, size_t size, struct span from);

/**
 * text_to_utf16() - UTF-8 up to its NUL as UTF-16
 * @to:    gets as much as fits, and a NUL
 * @count: units of 16 bits at @to, at least 1
 *
 * Bytes that are no UTF-8 become U+FFFD.
 *
 * Return: how many units the whole text has without the NUL; @count or more: it did not fit.
 */
size_t text_to_utf16(uint16_t *to, size_t count, const char *from);

/**
 * text_from_options() - convert UEFI's load options to UTF-8, if they are text
 *
 * They should be UTF-16 (UEFI 2.10, section 3.1.3), but some tools store 8-bit text, and
 * some firmware stores binary data.  A text without NULs inside, all of it printable ASCII,
 * is 8-bit text.  Anything else is UTF-16 if at least a third of it is printable ASCII, as
 * in every command line; else it is no text.
 *
 * Return: as text_from_utf16(); 0 for what is no text.
 */
size_t text_from_options(char *to, size_t size, struct span options);

#endif
