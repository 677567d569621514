/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names for memory that has a fixed place in the segment of the 16-bit setup code, for C
 * and the linker script.  bios/setup16.h says what lies there.  No code, no data.
 */
#include <lintel/linux.h>

#include "protocol/pe.h"
#include "shim/face/layout.h"

	.globl	setup16_begin, setup16_limit, old_cmdline, face_header, face_size_of_image
	.globl	zero_page, e820_extra
	.set	setup16_begin, SETUP16_OFFSET
	.set	setup16_limit, MB2_OFFSET
	.set	old_cmdline, 0x20
	.set	face_header, LINUX_SETUP_HEADER
	.set	face_size_of_image, PE_OFFSET + PE_SIZE_OF_IMAGE
	.set	zero_page, SETUP16_ZERO_PAGE
	.set	e820_extra, SETUP16_E820
	.section .note.GNU-stack, "", @progbits
