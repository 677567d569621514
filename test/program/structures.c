// SPDX-License-Identifier: BSD-2-Clause
/*
 * Takes structures and constants of every installed header, so that unused ones are compiled
 * for real.  For test/tool/headers_test.py, which compiles it as C and as C++ for both widths,
 * with the headers included in other orders before; it never runs.
 */
#include <lintel/elf.h>
#include <lintel/lintel.h>
#include <lintel/linux.h>
#include <lintel/multiboot1.h>
#include <lintel/multiboot2.h>
#include <lintel/pvh.h>
#include <lintel/xen_guest.h>
#include <lintel/xenpv.h>

int sizes(const struct boot_params *bp, const struct hvm_start_info *pvh,
	  const struct start_info *pv, const struct multiboot_info *mb1, const struct mb2_info *mb2,
	  const struct elf64_ehdr *elf);
int sizes(const struct boot_params *bp, const struct hvm_start_info *pvh,
	  const struct start_info *pv, const struct multiboot_info *mb1, const struct mb2_info *mb2,
	  const struct elf64_ehdr *elf)
{
	return bp->hdr.header == LINUX_HDRS && bp->hdr.hardware_subarch == SUBARCH_XEN &&
	       bp->e820_table[0].type == E820_TYPE_RAM && SETUP_LINTEL != SETUP_NONE &&
	       pvh->magic == HVM_START_MAGIC && (pv->flags & SIF_INITDOMAIN) != 0 &&
	       (mb1->flags & MB1_INFO_MMAP) != 0 && mb2->total_size == 8 &&
	       elf->e_type == ET_EXEC && XEN_VIRT_BASE > XEN_M2P;
}
