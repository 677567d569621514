// SPDX-License-Identifier: BSD-2-Clause
/*
 * Consoles of a PC without firmware services: serial ports, VGA text, port 0xe9.  Called by
 * say().  64-bit, ring 0, identity-mapped; may touch these devices, nothing else.
 * Every wait is bounded, since any of the devices may be missing.
 */
#include "shim/pc/console.h"

#include "protocol/lib.h"
#include "protocol/say.h"
#include "shim/pc/com1.h"
#include "shim/pc/instructions.h"
#include "shim/pc/refuse.h"
#include "shim/pc/uart.h"

#define VGA_TEXT 0xb8000
#define VGA_COLUMNS 80
#define VGA_ROWS 25
#define VGA_CELLS (VGA_COLUMNS * VGA_ROWS)
#define VGA_BLANK 0x0720
#define CRTC 0x3d4
#define CRTC_CURSOR_HIGH 0x0e
#define CRTC_CURSOR_LOW 0x0f

static bool no_text_screen;
static void (*world_write)(const char *text, size_t len);
static void (*world_refuse)(void);

void console_pc_debug(const char *text, size_t len)
{
	for (; len; len--)
		outb(DEBUG_PORT, (uint8_t)*text++);
}

static uint8_t crtc_read(uint8_t index)
{
	outb(CRTC, index);
	return inb(CRTC + 1);
}

static void crtc_write(uint8_t index, uint8_t value)
{
	outb(CRTC, index);
	outb(CRTC + 1, value);
}

bool console_has_vga(void)
{
	uint8_t low = crtc_read(CRTC_CURSOR_LOW), other = (uint8_t)~low;
	bool kept;

	crtc_write(CRTC_CURSOR_LOW, other);
	kept = crtc_read(CRTC_CURSOR_LOW) == other;
	crtc_write(CRTC_CURSOR_LOW, low);
	return kept;
}

static uint32_t vga_cursor(void)
{
	uint32_t at = (uint32_t)crtc_read(CRTC_CURSOR_HIGH) << 8 | crtc_read(CRTC_CURSOR_LOW);

	/* Without a card, or in a mode of another size, the value means nothing: use the
	 * last row. */
	return at < VGA_CELLS ? at : VGA_CELLS - VGA_COLUMNS;
}

static uint32_t vga_scroll(volatile uint16_t *cell)
{
	for (uint32_t i = 0; i < VGA_CELLS - VGA_COLUMNS; i++)
		cell[i] = cell[i + VGA_COLUMNS];
	for (uint32_t i = VGA_CELLS - VGA_COLUMNS; i < VGA_CELLS; i++)
		cell[i] = VGA_BLANK;
	return VGA_CELLS - VGA_COLUMNS;
}

static void vga_write(const char *text, size_t len)
{
	volatile uint16_t *cell = (volatile uint16_t *)VGA_TEXT;
	uint32_t at = vga_cursor();

	if (len && *text == '\n' && at % VGA_COLUMNS == 0) {
		text++;
		len--;
	}
	for (; len; len--, text++) {
		if (*text == '\n')
			at += VGA_COLUMNS - at % VGA_COLUMNS;
		else
			cell[at++] = (uint16_t)(0x0700 | (uint8_t)*text);
		if (at >= VGA_CELLS)
			at = vga_scroll(cell);
	}
	crtc_write(CRTC_CURSOR_HIGH, (uint8_t)(at >> 8));
	crtc_write(CRTC_CURSOR_LOW, (uint8_t)at);
}

void console_use(void (*write)(const char *text, size_t len), void (*refuse_there)(void))
{
	world_write = write;
	world_refuse = refuse_there;
}

void console_write(const char *text, size_t len)
{
	if (world_write) {
		world_write(text, len);
		return;
	}
	uart_write(text, len);
	if (!no_text_screen)
		vga_write(text, len);
	console_pc_debug(text, len);
}

void refuse(void)
{
	if (world_refuse)
		world_refuse();
	refuse_pc();
}

void console_screen(const struct handoff *h)
{
	no_text_screen = h->bp.screen_info.orig_video_isVGA > 1;
}

void console_cursor(struct handoff *h)
{
	uint32_t at;

	if (no_text_screen || world_write)
		return;
	at = vga_cursor();
	h->bp.screen_info.orig_x = (uint8_t)(at % VGA_COLUMNS);
	h->bp.screen_info.orig_y = (uint8_t)(at / VGA_COLUMNS);
}
