// SPDX-License-Identifier: BSD-2-Clause
/*
 * A boot loader of the Linux protocol for tests: it says what others never say.  QEMU
 * starts it by Multiboot 1; its first module is a bzImage, its second one the ramdisk.
 * Its words, then " -- " and the kernel's:
 *   bits=32|64        the entry
 *   subarch=N data=N  hardware_subarch and hardware_subarch_data
 *   junk=1            a zero page with the file's first bytes in it, as some loaders make it
 * 32-bit, protected mode, no paging; memory is its own but for the modules.
 */
#include <stdbool.h>
#include <stddef.h>
#include <lintel/linux.h>
#include <lintel/multiboot1.h>

#define COM1 0x3f8
#define COM1_STATUS 5
#define COM1_READY 0x20
#define TABLE 512 /* entries in a page table */
#define TWO_MIB 0x200000

struct boot_params boot_params __attribute__((aligned(4096)));
/* The identity map of 4 GiB: root, one of directories, four directories. */
uint64_t tables[6][TABLE] __attribute__((aligned(4096)));

uint64_t launch(uint32_t magic, const struct multiboot_info *info);

static const void *at(uint64_t address)
{
	return (const void *)(uintptr_t)address;
}

static void out(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static uint8_t in(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static void print(const char *text)
{
	for (; *text; text++) {
		while (!(in(COM1 + COM1_STATUS) & COM1_READY))
			;
		out(COM1, (uint8_t)*text);
	}
}

static void need(bool fact, const char *what)
{
	if (fact)
		return;
	print("launcher: error: ");
	print(what);
	print("\r\n");
	for (;;)
		__asm__ volatile("cli; hlt");
}

static void copy(void *to, const void *from, uint32_t size)
{
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

/* What stands behind a word of the line, NULL where it is not there. */
static const char *behind(const char *line, const char *word)
{
	for (; *line; line++) {
		size_t n = 0;

		while (word[n] && line[n] == word[n])
			n++;
		if (!word[n])
			return line + n;
	}
	return NULL;
}

static uint64_t digit(char c)
{
	if (c >= '0' && c <= '9')
		return (uint64_t)(c - '0');
	return c >= 'a' && c <= 'f' ? (uint64_t)(c - 'a' + 10) : 16;
}

/* The number behind a word, decimal or with 0x; 0 where the word is not there. */
static uint64_t number(const char *line, const char *word)
{
	const char *text = behind(line, word);
	uint64_t n = 0, base = 10;

	if (text && text[0] == '0' && text[1] == 'x') {
		base = 16;
		text += 2;
	}
	for (; text && digit(*text) < base; text++)
		n = n * base + digit(*text);
	return n;
}

static void fill_memory(const struct multiboot_info *info)
{
	uint64_t end = (uint64_t)info->mmap_addr + info->mmap_length;
	uint64_t entry = info->mmap_addr;

	need(info->flags & MB1_INFO_MMAP, "no memory map");
	while (entry < end) {
		const struct multiboot_mmap *m = at(entry);
		struct boot_e820_entry *e = &boot_params.e820_table[boot_params.e820_entries++];

		need(boot_params.e820_entries <= 128, "too many memory ranges");
		e->addr = m->base_addr;
		e->size = m->length;
		e->type = m->type;
		entry += m->size + sizeof(m->size);
	}
}

/* The 80x25 text screen that the BIOS has left. */
static void fill_screen(void)
{
	struct screen_info *si = &boot_params.screen_info;

	si->orig_video_mode = 3;
	si->orig_video_cols = 80;
	si->orig_video_lines = 25;
	si->orig_video_isVGA = 1;
	si->orig_video_points = 16;
}

static void fill_header(const uint8_t *file, const char *line, bool junk)
{
	uint32_t end = 0x202 + (uint32_t)file[0x201], begin = junk ? 0 : LINUX_SETUP_HEADER;
	const char *words = behind(line, " -- ");

	copy((uint8_t *)&boot_params + begin, file + begin, end - begin);
	boot_params.hdr.type_of_loader = 0xff;
	boot_params.hdr.cmd_line_ptr = words ? (uint32_t)(uintptr_t)words : 0;
	boot_params.hdr.hardware_subarch = (uint32_t)number(line, " subarch=");
	boot_params.hdr.hardware_subarch_data = number(line, " data=");
}

/* Load the protected-mode part where the kernel prefers it; its address. */
static uint32_t load(const struct multiboot_module *m)
{
	const struct setup_header *hdr = &boot_params.hdr;
	uint32_t setup = ((uint32_t)hdr->setup_sects + 1) * LINUX_SECTOR;
	uint32_t to = (uint32_t)hdr->pref_address, size = m->mod_end - m->mod_start - setup;

	need(hdr->header == LINUX_HDRS && hdr->version >= 0x20c, "module 1 is no bzImage");
	need(to + size <= (uint32_t)(uintptr_t)&boot_params &&
		     to + hdr->init_size <= (uint32_t)(uintptr_t)&boot_params,
	     "no room below the launcher");
	copy((void *)(uintptr_t)to, at(m->mod_start + setup), size);
	boot_params.hdr.code32_start = to;
	return to;
}

static void map_memory(void)
{
	tables[0][0] = (uintptr_t)tables[1] | 3;
	for (uint32_t i = 0; i < 4; i++)
		tables[1][i] = (uintptr_t)tables[2 + i] | 3;
	for (uint64_t i = 0; i < 4ull * TABLE; i++)
		tables[2 + i / TABLE][i % TABLE] = i * TWO_MIB |
						   0x83; /* present, writable, 2 MiB */
}

/* Return: the entry, and its width in the upper half. */
uint64_t launch(uint32_t magic, const struct multiboot_info *info)
{
	const struct multiboot_module *m = at(info->mods_addr);
	const char *line = at(info->cmdline);
	uint64_t bits = number(line, " bits=");
	uint32_t entry;

	need(magic == MB1_LOADER_MAGIC && info->flags & MB1_INFO_MODS && info->mods_count,
	     "started without a kernel as module");
	need(bits == 32 || bits == 64, "bits= is 32 or 64");
	fill_header(at(m[0].mod_start), line, number(line, " junk=") != 0);
	entry = load(&m[0]);
	fill_memory(info);
	fill_screen();
	if (info->mods_count > 1) {
		boot_params.hdr.ramdisk_image = m[1].mod_start;
		boot_params.hdr.ramdisk_size = m[1].mod_end - m[1].mod_start;
	}
	if (bits == 32)
		return 32ull << 32 | entry;
	need(boot_params.hdr.xloadflags & XLF_KERNEL_64, "the kernel has no 64-bit entry");
	map_memory();
	return 64ull << 32 | (entry + 0x200);
}
