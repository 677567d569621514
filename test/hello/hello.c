// SPDX-License-Identifier: BSD-2-Clause
/*
 * A kernel that is written once: it prints where it runs, its command line and its memory,
 * whoever has started it, and stops.  An example: it has its own files and the installed
 * headers, nothing else of Lintel.  Called by entry.S; long mode, ring 0 on a PC and in PVH,
 * ring 3 inside Xen PV.
 */
#include <lintel/lintel.h>

#include "console.h"

void hello(const struct boot_params *bp);

static uint64_t seen_at; /* address 0 is seen here */
static uint64_t ram;	 /* bytes so far */

static const void *see(uint64_t address)
{
	return (const void *)(uintptr_t)(seen_at + address);
}

static void put_text(const char *text)
{
	while (*text)
		console_put(*text++);
}

static void put_number(uint64_t n, uint32_t base)
{
	if (n >= base)
		put_number(n / base, base);
	console_put("0123456789abcdef"[n % base]);
}

static void put_ranges(const struct boot_e820_entry *e, uint32_t n)
{
	for (; n; n--, e++) {
		put_text("hello: memory 0x");
		put_number(e->addr, 16);
		put_text(" - 0x");
		put_number(e->addr + e->size, 16);
		put_text(e->type == E820_TYPE_RAM ? " usable" : " type ");
		if (e->type == E820_TYPE_RAM)
			ram += e->size;
		else
			put_number(e->type, 10);
		put_text("\n");
	}
}

/* Lines key=value. */
static void put_report(const char *text, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++) {
		if (i == 0 || text[i - 1] == '\n')
			put_text("hello: report ");
		console_put(text[i]);
	}
}

/* What found no place in boot_params. */
static void put_nodes(uint64_t at)
{
	while (at) {
		const struct setup_data *node = see(at);
		const void *data = node + 1;

		if (node->type == SETUP_E820_EXT)
			put_ranges(data, node->len / (uint32_t)sizeof(struct boot_e820_entry));
		if (node->type == SETUP_LINTEL)
			put_report(data, node->len);
		at = node->next;
	}
}

void hello(const struct boot_params *bp)
{
	const struct setup_header *hdr = &bp->hdr;

	seen_at = hdr->hardware_subarch == SUBARCH_XEN ? XEN_VIRT_BASE : 0;
	console_open(hdr->hardware_subarch == SUBARCH_XEN ? see(hdr->hardware_subarch_data) : NULL);
	put_text("hello: subarch ");
	put_number(hdr->hardware_subarch, 10);
	put_text("\nhello: cmdline ");
	if (hdr->cmd_line_ptr)
		put_text(see((uint64_t)bp->ext_cmd_line_ptr << 32 | hdr->cmd_line_ptr));
	put_text("\n");
	put_ranges(bp->e820_table, bp->e820_entries);
	put_nodes(hdr->setup_data);
	put_text("hello: ram ");
	put_number(ram >> 10, 10);
	put_text(" KiB\n");
	console_stop();
}
