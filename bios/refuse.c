// SPDX-License-Identifier: BSD-2-Clause
/*
 * What follows a refusal of the 16-bit setup code: the machine stays as it is, with the
 * line on its screen.
 * Called by die(); real mode.
 */
#include "bios/setup16.h"

_Noreturn void refuse(void)
{
	for (;;)
		__asm__ volatile("sti\n\thlt");
}
