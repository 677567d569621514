/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory of the 16-bit setup code that has a fixed place in its segment, under the names
 * that C and the linker script know: bios/setup16.h says what they are.  No code, no data.
 */
#include <lintel/linux.h>

#include "shim/face/layout.h"

	.globl	setup16_begin, setup16_limit, old_cmdline, face_header, zero_page, e820_extra
	.set	setup16_begin, SETUP16_OFFSET
	.set	setup16_limit, MB1_OFFSET
	.set	old_cmdline, 0x20
	.set	face_header, LINUX_SETUP_HEADER
	.set	zero_page, SETUP16_ZERO_PAGE
	.set	e820_extra, SETUP16_E820
	.section .note.GNU-stack, "", @progbits
