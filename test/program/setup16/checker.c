// SPDX-License-Identifier: BSD-2-Clause
/*
 * The checker, a kernel that shows what the 16-bit setup code hands over: writes registers, zero
 * page, command line and setup_data as hexadecimal digits on COM1, and ends QEMU.  Entered by
 * checker_entry.S; test/setup16_test.py reads it.  32-bit, protected mode, paging off, at 1 MiB;
 * writes to its stack and, for the A20 line, to 0x80000 and 0x180000.
 */
#include <stddef.h>
#include <stdint.h>
#include <lintel/linux.h>

#define COM1 0x3f8
#define QEMU_EXIT 0xf4
#define QEMU_EXIT_CODE 0x10
/* QEMU's graphics card, Bochs' in other words: an index and a register. */
#define DISPI_INDEX 0x1ce
#define DISPI_DATA 0x1cf
enum dispi { DISPI_XRES = 1, DISPI_YRES, DISPI_BPP, DISPI_ENABLE };
#define A20_LOW 0x080000
#define A20_HIGH 0x180000
#define BDA_SCRATCH 0x4f0
#define CMDLINE_SHOWN 64

/** struct entry - the registers at the entry, as checker_entry.S pushes them */
struct entry {
	uint32_t esi, ebx, edi, ebp, cs, ds, es, fs, gs, ss, cr0, esp, eflags;
};

void check(const struct entry *entry) __attribute__((noreturn));

static void out(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint16_t dispi(uint16_t index)
{
	uint16_t value;

	__asm__ volatile("outw %0, %1" : : "a"(index), "Nd"((uint16_t)DISPI_INDEX));
	__asm__ volatile("inw %1, %0" : "=a"(value) : "Nd"((uint16_t)DISPI_DATA));
	return value;
}

static const void *at(uint64_t address)
{
	return (const void *)(uintptr_t)address;
}

static void text(const char *s)
{
	while (*s)
		out(COM1, (uint8_t)*s++);
}

static void field(const char *name, const void *data, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = data;

	text(name);
	text(" ");
	for (; size; size--, p++) {
		out(COM1, (uint8_t)digits[*p >> 4]);
		out(COM1, (uint8_t)digits[*p & 15]);
	}
	text("\n");
}

/* Where the line is off, bit 20 of an address is ignored: both are then the same. */
static uint32_t a20(void)
{
	volatile uint32_t *low = (volatile uint32_t *)(uintptr_t)A20_LOW;
	volatile uint32_t *high = (volatile uint32_t *)(uintptr_t)A20_HIGH;

	*high = 1;
	*low = 2;
	return *high == 1;
}

static void show_setup_data(uint64_t address)
{
	while (address) {
		const struct setup_data *node = at(address);

		field("setup_data", node, sizeof(*node) + node->len);
		address = node->next;
	}
}

static void __attribute__((noreturn)) quit(void)
{
	__asm__ volatile("outl %0, %1" : : "a"(QEMU_EXIT_CODE), "Nd"((uint16_t)QEMU_EXIT));
	for (;;)
		__asm__ volatile("cli; hlt");
}

void check(const struct entry *entry)
{
	const struct boot_params *zero_page = at(entry->esi);
	uint32_t on = a20();
	uint16_t card[] = { dispi(DISPI_XRES), dispi(DISPI_YRES), dispi(DISPI_BPP),
			    dispi(DISPI_ENABLE) };

	text("\nbegin\n");
	field("entry", entry, sizeof(*entry));
	field("a20", &on, sizeof(on));
	field("card", card, sizeof(card));
	field("scratch", at(BDA_SCRATCH), 4);
	field("zero_page", zero_page, sizeof(*zero_page));
	field("cmdline", at(zero_page->hdr.cmd_line_ptr), CMDLINE_SHOWN);
	show_setup_data(zero_page->hdr.setup_data);
	text("end\n");
	quit();
}
