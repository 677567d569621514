// SPDX-License-Identifier: BSD-2-Clause
/*
 * The processor as the decompressors need it: vector registers, the fs base on a block
 * of memory.  Called by the exits that unpack a kernel.  64-bit, ring 0; touches CR0,
 * CR4 and the fs base, all of which the kernel sets anew.
 */
#include "shim/pc/fpu.h"

#include "protocol/world.h"
#include "shim/pc/instructions.h"
#include "shim/unpack/unpack.h"

#define MSR_FS_BASE 0xc0000100

void fpu_begin(void)
{
	machine_vectors();
	write_msr(MSR_FS_BASE, (uint64_t)(uintptr_t)unpack_tls());
}
