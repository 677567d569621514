// SPDX-License-Identifier: BSD-2-Clause
/*
 * The boot loader of BIOS media: reads the image that lies on the medium and starts it
 * as any boot loader of the Linux protocol would, by the 16-bit entry.
 * Called by start.S once; real mode, BIOS alive, interrupts on.
 */
#include "bios/boot/boot.h"
#include "bios/boot/sum.h"

#define LOADER_UNKNOWN 0xff

#define EFLAGS_ID (1u << 21)
#define CPUID_EXTENDED 0x80000000u
#define CPUID_LONG_MODE (1u << 29) /* EDX of the next leaf */

#define SETUP_FIELD(field) (LINUX_SETUP_HEADER + offsetof(struct setup_header, field))

static bool has_cpuid(void)
{
	uint32_t before, after;

	__asm__ volatile("pushfl\n\tpopl %0\n\tmovl %0, %1\n\txorl %2, %1\n\t"
			 "pushl %1\n\tpopfl\n\tpushfl\n\tpopl %1"
			 : "=&r"(before), "=&r"(after)
			 : "i"(EFLAGS_ID)
			 : "cc");
	return (before ^ after) & EFLAGS_ID;
}

/* Read a leaf of cpuid: EDX is returned, EAX stored in *@eax. */
static uint32_t cpuid(uint32_t leaf, uint32_t *eax)
{
	uint32_t edx;

	__asm__ volatile("cpuid" : "=a"(*eax), "=d"(edx) : "0"(leaf) : "ebx", "ecx");
	return edx;
}

/* Must run before high.c, which uses SSE2; every processor with long mode has SSE2. */
static void check_cpu(void)
{
	uint32_t most;

	if (has_cpuid()) {
		cpuid(CPUID_EXTENDED, &most);
		if (most > CPUID_EXTENDED && cpuid(CPUID_EXTENDED + 1, &most) & CPUID_LONG_MODE)
			return;
	}
	die(E_CPU, "this processor has no long mode: a 64-bit processor is needed");
}

static void check_setup(void)
{
	uint32_t sectors = setup_get(SETUP_FIELD(setup_sects)) & 0xff;
	uint32_t sum_size = setup_get(IMAGE_SUM_SIZE_OFFSET);

	if (setup_get(SETUP_FIELD(header)) != LINUX_HDRS)
		die(E_NO_IMAGE, "no Lintel image, its magic is 0x%x",
		    setup_get(SETUP_FIELD(header)));
	if ((sectors + 1) * SECTOR_SIZE != PM_OFFSET)
		die(E_NO_IMAGE, "no Lintel image, its setup_sects is 0x%x", sectors);
	if (sum_size <= PM_OFFSET || sum_size % SUM_BLOCK)
		die(E_NO_IMAGE,
		    "no image that was packed by lintel build, its checksum is of bytes: 0x%x",
		    sum_size);
	/* Check this before the rest is read, which may take long. */
	if (sum_size > image_size())
		die(E_DATA, "the image is cut off, of its bytes 0x%x there are 0x%x", sum_size,
		    image_size());
}

static uint32_t memory_needed(void)
{
	uint32_t init_size = setup_get(SETUP_FIELD(init_size));

	return init_size > image_size() ? init_size : image_size();
}

/* Fill in the fields of a loader; the dwords' other bytes stay. */
static void fill_setup(uint32_t place)
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

/* Load and start an image; ends in a refusal if that fails. */
static void start_image(void *file)
{
	uint32_t place;

	/* Its size must be known before its place. */
	image_open(file);
	/* The first 32 KiB say how much memory the rest needs, and their 16-bit code runs low. */
	image_take_setup();
	/* The file may be something else, so check these fields before using them. */
	check_setup();
	place = room_find(memory_needed());
	/* Read the rest straight to where it will run: BIOSes are slow, so copy it only once. */
	image_take_rest(place);
	/* A BIOS or a medium may give wrong data without an error. */
	image_check();
	/* A boot loader of the Linux protocol fills in these fields for the setup code. */
	fill_setup(place);
	image_start();
}

/* An image that fails leaves nothing that matters: the next one overwrites it. */
static _Noreturn void start_newest(void)
{
	static struct choice choice;

	choose_open(&choice, sector_shift);
	while (choose_next(&choice)) {
		attempt(start_image, &choice.file);
		choose_pass_over(&choice);
	}
	choose_refuse();
}

void boot_main(void)
{
	/* The checksum needs SSE2, and a processor without long mode could not run the image. */
	check_cpu();
	/* Without the BIOS's extensions each read needs the drive's geometry. */
	disk_open();
	/* The image is loaded above 1 MiB, and with A20 off every second MiB is missing there. */
	a20_enable();
	/* The map says where there is RAM for the image. */
	e820_read();
	/* On an ISO there is one image, and its place is known. */
	if (image_fields.size)
		start_image(NULL);
	start_newest();
}
