// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the pure code needs from the processor, in 32-bit and 64-bit mode alike
 * (machine_has_la57() is where paging is set up).  Called by lintel_plan() and by the code that
 * makes page tables.  64-bit, and 32-bit for 32-bit UEFI; ring 0, and machine_time() in
 * ring 3 inside Xen PV too.  Reads registers only.
 */
#include "protocol/world.h"

#include "shim/pc/instructions.h"

#define CPUID_FEATURES 0x80000001
#define CPUID_GIB_PAGES 26
#define CPUID_HYPERVISOR 31 /* ecx of leaf 1 */
#define CPUID_EXTENDED 0x80000000
#define CPUID_ENCRYPTION 0x8000001f /* AMD APM 3, E.4.17 */
#define CPUID_SEV 1
#define CPUID_TDX 0x21 /* Intel TDX module, 11.2 */
#define CPUID_HYPERV 0x40000000
#define CPUID_HYPERV_ISOLATION 0x4000000c /* Hypervisor Top Level Functional Specification, 2.4 */

bool machine_has_gib_pages(void)
{
	return cpuid(CPUID_FEATURES).edx >> CPUID_GIB_PAGES & 1;
}

uint64_t machine_time(void)
{
	return rdtsc();
}

/* A hypervisor shows this bit only to guests whose memory is encrypted. */
static bool has_sev(void)
{
	return cpuid(CPUID_EXTENDED).eax >= CPUID_ENCRYPTION &&
	       cpuid(CPUID_ENCRYPTION).eax >> CPUID_SEV & 1;
}

static bool has_tdx(void)
{
	struct cpuid id = { 0 };

	if (cpuid(0).eax >= CPUID_TDX)
		id = cpuid(CPUID_TDX);
	return id.ebx == 0x65746e49 && id.edx == 0x5844546c; /* IntelTDX */
}

/* Between hardware and guest, Hyper-V may have a layer that hides both. */
static bool has_isolation(void)
{
	struct cpuid id = cpuid(CPUID_HYPERV);

	return id.ebx == 0x7263694d && id.ecx == 0x666f736f && id.edx == 0x76482074 &&
	       id.eax >= CPUID_HYPERV_ISOLATION && cpuid(CPUID_HYPERV_ISOLATION).ebx & 0xf;
}

bool machine_is_confidential(void)
{
	return cpuid(1).ecx >> CPUID_HYPERVISOR & 1 && (has_sev() || has_tdx() || has_isolation());
}
