// SPDX-License-Identifier: BSD-2-Clause
/*
 * Fills screen_info: the text mode that the screen is in, and then a VESA graphics mode if
 * the boot loader's vid_mode (Linux's vga=) asks for one.
 * Called by main() once; real mode.  Without a video BIOS it stays all zeros.
 */
#include "bios/setup16.h"

/* vid_mode of a VESA mode is its number + 0x200; Linux, Documentation/admin-guide/svga.rst */
#define VID_MODE_VESA 0x200
#define VID_MODE_VESA_FIRST 0x300
#define VID_MODE_VESA_END 0x800

#define BDA 0x40
#define BDA_ROWS 0x84 /* on the screen, less 1 */
#define BDA_CHAR_HEIGHT 0x85

#define VIDEO_TYPE_VGA_TEXT 1

/** struct vbe_info - VBE 3.0, 4.3 (function 00h); the BIOS writes 512 bytes for "VBE2" */
struct vbe_info {
	uint32_t signature;
	uint16_t version;
	uint8_t pad1[0x12 - 0x06];
	uint16_t total_memory; /* 64 KiB units */
	uint8_t pad2[512 - 0x14];
} PACKED;
AT(struct vbe_info, total_memory, 0x12);
SIZE(struct vbe_info, 512);
#define VBE_ASK_2 0x32454256	 /* "VBE2" */
#define VBE_SIGNATURE 0x41534556 /* "VESA" */
#define VBE_VERSION_2 0x200

/** struct vbe_mode - VBE 3.0, 4.4 (function 01h) */
struct vbe_mode {
	uint16_t attributes;
	uint8_t pad1[0x10 - 0x02];
	uint16_t bytes_per_scan_line;
	uint16_t x_resolution, y_resolution;
	uint8_t pad2[0x19 - 0x16];
	uint8_t bits_per_pixel;
	uint8_t pad3;
	uint8_t memory_model;
	uint8_t pad4;
	uint8_t number_of_image_pages;
	uint8_t pad5;
	uint8_t colours[8]; /* size and position of red, green, blue, reserved, as in screen_info */
	uint8_t pad6;
	uint32_t phys_base_ptr;
	uint8_t pad7[256 - 0x2c];
} PACKED;
AT(struct vbe_mode, bits_per_pixel, 0x19);
AT(struct vbe_mode, memory_model, 0x1b);
AT(struct vbe_mode, number_of_image_pages, 0x1d);
AT(struct vbe_mode, colours, 0x1f);
AT(struct vbe_mode, phys_base_ptr, 0x28);
SIZE(struct vbe_mode, 256);
/* supported, colour, graphics, linear framebuffer */
#define VBE_MODE_WANTED 0x99
#define VBE_PACKED_PIXEL 4
#define VBE_DIRECT_COLOUR 6
#define VBE_USE_LINEAR 0x4000

/* A video DAC uses 6 bits per colour unless more are switched on. */
#define DAC_BITS 6

/* AH becomes the number of columns.  Without a video BIOS it stays 0x0f, as we set it. */
static bool read_text_mode(struct screen_info *s)
{
	struct bios_regs r = { .eax = 0x0f00 };

	bios_call(0x10, &r);
	if ((r.eax >> 8 & 0xff) == 0x0f)
		return false;
	s->orig_video_mode = r.eax & 0x7f;
	s->orig_video_cols = (uint8_t)(r.eax >> 8);
	s->orig_video_page = r.ebx >> 8 & 0xff;
	return true;
}

static void read_cursor(struct screen_info *s)
{
	struct bios_regs r = { .eax = 0x0300, .ebx = (uint32_t)s->orig_video_page << 8 };

	bios_call(0x10, &r);
	s->orig_x = (uint8_t)r.edx;
	s->orig_y = (uint8_t)(r.edx >> 8);
}

static bool is_vga(void)
{
	struct bios_regs r = { .eax = 0x1a00 };

	bios_call(0x10, &r);
	return (r.eax & 0xff) == 0x1a;
}

/* If BL comes back unchanged, the card is older than EGA: it has 25 lines and a fixed font. */
static void read_adapter(struct screen_info *s)
{
	struct bios_regs r = { .eax = 0x1200, .ebx = 0x10 };

	bios_call(0x10, &r);
	s->orig_video_ega_bx = (uint16_t)r.ebx;
	s->orig_video_lines = 25;
	if ((r.ebx & 0xff) == 0x10)
		return;
	s->orig_video_lines = (uint8_t)(far_read32(BDA, BDA_ROWS) + 1);
	s->orig_video_points = far_read32(BDA, BDA_CHAR_HEIGHT) & 0xffff;
	if (is_vga())
		s->orig_video_isVGA = VIDEO_TYPE_VGA_TEXT;
}

static bool call_vbe(uint32_t function, uint32_t bx, uint32_t cx, void *block)
{
	struct bios_regs r = { .eax = function, .ebx = bx, .ecx = cx, .edi = (uint32_t)block };

	bios_call(0x10, &r);
	return (r.eax & 0xffff) == 0x004f;
}

/* Video memory in 64 KiB units, 0 without VBE 2. */
static uint32_t vbe_memory(void)
{
	struct vbe_info info;

	memset(&info, 0, sizeof(info));
	info.signature = VBE_ASK_2;
	if (!call_vbe(0x4f00, 0, 0, &info))
		return 0;
	if (info.signature != VBE_SIGNATURE || info.version < VBE_VERSION_2)
		return 0;
	return info.total_memory;
}

static void fill_framebuffer(struct screen_info *s, const struct vbe_mode *mode)
{
	s->orig_video_isVGA = VIDEO_TYPE_VLFB;
	s->vesa_attributes = mode->attributes;
	s->pages = mode->number_of_image_pages;
	s->lfb_width = mode->x_resolution;
	s->lfb_height = mode->y_resolution;
	s->lfb_depth = mode->bits_per_pixel;
	s->lfb_linelength = mode->bytes_per_scan_line;
	s->lfb_base = mode->phys_base_ptr;
	if (mode->memory_model == VBE_DIRECT_COLOUR)
		memcpy(&s->red_size, mode->colours, sizeof(mode->colours));
	else
		s->red_size = s->green_size = s->blue_size = s->rsvd_size = DAC_BITS;
}

/* If anything fails, the text mode stays, and screen_info still describes it. */
static void set_graphics(struct screen_info *s, uint32_t number)
{
	uint32_t memory = vbe_memory();
	struct vbe_mode mode;

	memset(&mode, 0, sizeof(mode));
	if (!memory || !call_vbe(0x4f01, 0, number, &mode))
		return;
	if ((mode.attributes & VBE_MODE_WANTED) != VBE_MODE_WANTED || !mode.phys_base_ptr)
		return;
	if (mode.memory_model != VBE_DIRECT_COLOUR && mode.memory_model != VBE_PACKED_PIXEL)
		return;
	if (!call_vbe(0x4f02, number | VBE_USE_LINEAR, 0, 0))
		return;
	s->lfb_size = memory;
	fill_framebuffer(s, &mode);
}

void video_read(void)
{
	struct screen_info *s = &zero_page.screen_info;
	uint16_t wanted = zero_page.hdr.vid_mode;

	if (!read_text_mode(s))
		return;
	read_cursor(s);
	read_adapter(s);
	if (wanted >= VID_MODE_VESA_FIRST && wanted < VID_MODE_VESA_END)
		set_graphics(s, wanted - VID_MODE_VESA);
}
