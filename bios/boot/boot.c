// SPDX-License-Identifier: BSD-2-Clause
/*
 * The boot loader of BIOS media: reads the image that lies on the medium and starts it
 * as any boot loader of the Linux protocol would, by the 16-bit entry.
 * Called by start.S once; real mode, BIOS alive, interrupts on.
 */
#include "bios/boot/boot.h"

#define LOADER_UNKNOWN 0xff
#define TICK_COUNT 0x6c /* in segment 0x40, 18.2 per second */
#define TICKS_5S 91

#define SETUP_FIELD(field) (SETUP_HEADER_OFFSET + offsetof(struct setup_header, field))

static void setup_put(uint32_t offset, uint32_t value)
{
	far_write32(BOOT_SETUP_SEGMENT, (uint16_t)offset, value);
}

static void setup_check(void)
{
	uint32_t sectors = setup_get(SETUP_FIELD(setup_sects)) & 0xff;

	if (setup_get(SETUP_FIELD(header)) != LINUX_HDRS)
		setup_refuse(E_NO_IMAGE, "no Lintel image, its magic is",
			     setup_get(SETUP_FIELD(header)));
	if ((sectors + 1) * SECTOR_SIZE != PM_OFFSET)
		setup_refuse(E_NO_IMAGE, "no Lintel image, its setup_sects is", sectors);
}

static uint32_t memory_needed(void)
{
	uint32_t init_size = setup_get(SETUP_FIELD(init_size));

	return init_size > image_size() ? init_size : image_size();
}

/* What the boot protocol wants of a loader; other bytes of the dwords stay. */
static void setup_fill(uint32_t place)
{
	uint32_t loader = setup_get(SETUP_FIELD(type_of_loader));
	uint32_t heap = setup_get(SETUP_FIELD(heap_end_ptr));

	setup_put(SETUP_FIELD(type_of_loader),
		  (loader & ~0xffu) | LOADER_UNKNOWN | CAN_USE_HEAP << 8);
	setup_put(SETUP_FIELD(heap_end_ptr), (heap & 0xffff0000) | (BOOT_CMDLINE - 0x200));
	setup_put(SETUP_FIELD(code32_start), place);
	setup_put(SETUP_FIELD(cmd_line_ptr), (BOOT_SETUP_SEGMENT << 4) + BOOT_CMDLINE);
	setup_put(BOOT_CMDLINE, 0);
}

static uint32_t ticks(void)
{
	return far_read32(0x40, TICK_COUNT);
}

_Noreturn void setup_stop(void)
{
	uint32_t start = ticks();
	struct bios_regs r = { .eax = 0 };

	while (ticks() - start < TICKS_5S) /* at midnight it ends early */
		asm volatile("sti\n\thlt");
	bios_call(0x18, &r);
	for (;;)
		asm volatile("sti\n\thlt");
}

void boot_main(void)
{
	uint32_t place;

	disk_open();
	a20_enable();
	e820_read();
	image_open();
	image_take(BOOT_SETUP_SEGMENT << 4, PM_OFFSET);
	setup_check();
	place = room_find(memory_needed());
	image_take(place, image_size() - PM_OFFSET);
	image_check();
	setup_fill(place);
	image_start();
}
