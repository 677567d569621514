/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compile-time checks of wire structures.  A foreign structure is written with
 * the field names of its specification, and every field that we use is pinned
 * to the offset that the specification gives.  Any world, any mode.
 */
#ifndef PROTOCOL_AT_H
#define PROTOCOL_AT_H

#include <stddef.h>

#ifdef __cplusplus
#define AT(type, field, offset) \
	static_assert(offsetof(type, field) == (offset), #field " is misplaced")
#define SIZE(type, size) static_assert(sizeof(type) == (size), #type " has the wrong size")
#else
#define AT(type, field, offset) \
	_Static_assert(offsetof(type, field) == (offset), #field " is misplaced")
#define SIZE(type, size) _Static_assert(sizeof(type) == (size), #type " has the wrong size")
#endif

#define PACKED __attribute__((packed))

#endif
