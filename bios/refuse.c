// SPDX-License-Identifier: BSD-2-Clause
/*
 * What follows a refusal of the 16-bit setup code: the machine halts, with the line on its
 * screen.
 * Called by die(); real mode.
 */
#include "bios/setup16.h"

_Noreturn void refuse(void)
{
	for (;;)
		__asm__ volatile("sti\n\thlt");
}
