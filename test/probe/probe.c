// SPDX-License-Identifier: BSD-2-Clause
/*
 * The probe kernel: says of each rule of protocol/ENTRY.md whether it holds, prints the
 * boot_params that it received as canonical text, then powers the machine off.  bzImages
 * and ELF kernels made of Lintel's own entry assembly and readers, with these doors
 * instead of Lintel's.  64-bit, ring 0, or ring 3 inside Xen PV.
 */
#include <lintel/xen_guest.h>

#include "protocol/lib.h"
#include "protocol/readers.h"
#include "protocol/say.h"
#include "shim/lintel.h"
#include "shim/memory.h"
#include "shim/pc/console.h"
#include "shim/pc/doors.h"
#include "shim/pc/instructions.h"
#include "shim/pc/paging.h"
#include "shim/pc/refuse.h"
#include "shim/pc/trap.h"
#include "shim/xen/xen.h"
#include "test/probe/rules.h"

#define CRC32_POLYNOMIAL 0xedb88320u
#define PM1A_CONTROL 0x604 /* QEMU's, pc and q35 */
#define SLEEP_S5 0x2000

_Noreturn void door_linux64_pv(uint64_t boot_params);

static void crc_table(uint32_t *table)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;

		for (int bit = 0; bit < 8; bit++)
			c = c >> 1 ^ (c & 1 ? CRC32_POLYNOMIAL : 0);
		table[i] = c;
	}
}

static uint32_t crc32(struct span s)
{
	static uint32_t table[256];
	uint32_t crc = ~0u;

	crc_table(table);
	for (size_t i = 0; i < s.len; i++)
		crc = crc >> 8 ^ table[(crc ^ s.p[i]) & 0xff];
	return ~crc;
}

/* Lines of the boot report, without what differs between two runs. */
static void print_report(uint64_t boot_params)
{
	struct span page = span_at(boot_params, sizeof(struct boot_params));
	uint64_t at = RD64(page, 0, struct boot_params, hdr.setup_data);

	while (at) {
		struct span head = span_at(at, sizeof(struct setup_data));
		uint32_t type = RD32(head, 0, struct setup_data, type);
		uint32_t len = RD32(head, 0, struct setup_data, len);

		say("setup_data_type %x\n", type);
		if (type == SETUP_LINTEL) {
			say("report ");
			for (uint32_t i = 0; i < len; i++) {
				char c = (char)rd8(span_at(at + sizeof(struct setup_data), len), i);

				say("%s", c == '\n' ? (i + 1 < len ? "\nreport " : "\n") :
						      (char[]){ c, 0 });
			}
		}
		at = RD64(head, 0, struct setup_data, next);
	}
}

_Noreturn static void power_off(void)
{
	__asm__ volatile("outw %w0, %w1" : : "a"(SLEEP_S5), "d"(PM1A_CONTROL));
	for (;;)
		__asm__ volatile("cli; hlt");
}

static void print(const char *door, uint64_t boot_params)
{
	rules_begin();
	handoff_init(&handoff, door);
	linux_read(boot_params, &handoff);
	rules_overwrite(boot_params, &handoff);
	handoff_init(&handoff, door);
	linux_read(boot_params, &handoff);
	rules_print(boot_params, &handoff);
	say("lintel-probe: begin\n");
	handoff_print(&handoff);
	for (uint32_t i = 0; i < handoff.initrds; i++)
		say("initrd_crc32 %08x of %" U64 "\n",
		    crc32(span_at(handoff.initrd[i].base, handoff.initrd[i].size)),
		    handoff.initrd[i].size);
	print_report(boot_params);
	say("lintel-probe: end\n");
}

static uint64_t probe(const char *door, uint64_t boot_params)
{
	bool xen;

	trap_init();
	paging_init(NULL);
	xen = xen_open_pvh();
	print(door, boot_params);
	if (xen)
		xen_power_off();
	power_off();
}

/* Inside Xen PV nothing is at its address, and only Xen can switch off. */
void door_linux64_pv(uint64_t boot_params)
{
	uint64_t at = boot_params - XEN_VIRT_BASE;

	memory_seen_at(XEN_VIRT_BASE);
	xen_open_pv(RD64(span_at(at, sizeof(struct boot_params)), 0, struct boot_params,
			 hdr.hardware_subarch_data) +
		    XEN_VIRT_BASE);
	print("linux64", at);
	xen_power_off();
}

uint64_t door_linux16(uint64_t boot_params)
{
	return probe("linux16", boot_params);
}

uint64_t door_linux32(uint64_t boot_params)
{
	return probe("linux32", boot_params);
}

uint64_t door_linux64(uint64_t boot_params)
{
	return probe("linux64", boot_params);
}

uint64_t door_multiboot1(uint64_t info)
{
	return door_unknown(info);
}

uint64_t door_multiboot2(uint64_t info)
{
	return door_unknown(info);
}

uint64_t door_pvh(uint64_t info)
{
	return door_unknown(info);
}

_Noreturn void door_xenpv(uint64_t start_info, uint64_t stack)
{
	(void)stack;
	xen_open_pv(start_info);
	die(E_ENTRY, "the probe kernel takes boot_params, not start_info");
}

uint64_t door_unknown(uint64_t value)
{
	die(E_ENTRY, "the probe kernel takes boot_params, not %" X64, value);
}

void refuse_pc(void)
{
	power_off();
}
