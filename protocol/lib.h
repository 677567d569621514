/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The C library's functions that a freestanding program must bring, under their
 * standard names (the host's tests use the host's).  Ours are in shim/lib.c.
 */
#ifndef PROTOCOL_LIB_H
#define PROTOCOL_LIB_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t n);
void *memset(void *to, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);

#endif
