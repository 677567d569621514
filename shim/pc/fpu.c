// SPDX-License-Identifier: BSD-2-Clause
/*
 * The processor as the decompressors need it: SSE switched on, the fs base on a block
 * of memory.  Called by the exits that unpack a kernel.  64-bit, ring 0; touches CR0,
 * CR4 and the fs base, all of which the kernel sets anew.
 */
#include "shim/pc/fpu.h"

#include "shim/pc/instructions.h"
#include "shim/unpack/unpack.h"

#define CR0_MP 2ull
#define CR0_EM 4ull
#define CR0_TS 8ull
#define CR4_OSFXSR 0x200
#define CR4_OSXMMEXCPT 0x400
#define MSR_FS_BASE 0xc0000100

void fpu_begin(void)
{
	write_cr0((read_cr0() & ~(CR0_EM | CR0_TS)) | CR0_MP);
	write_cr4(read_cr4() | CR4_OSFXSR | CR4_OSXMMEXCPT);
	write_msr(MSR_FS_BASE, (uint64_t)(uintptr_t)unpack_tls());
}
