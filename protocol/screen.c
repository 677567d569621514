// SPDX-License-Identifier: BSD-2-Clause
/*
 * The screen as Multiboot describes it, put into screen_info.  Called by the readers.  Pure
 * C for any world.
 */
#include "protocol/handoff.h"

static void text_screen(struct screen_info *si, const struct framebuffer *f)
{
	si->orig_video_mode = 3;
	si->orig_video_isVGA = 1;
	si->orig_video_points = 16;
	si->orig_video_cols = (uint8_t)f->width;
	si->orig_video_lines = (uint8_t)f->height;
}

static void pixel_screen(struct screen_info *si, const struct framebuffer *f)
{
	uint64_t bytes = (uint64_t)f->pitch * f->height;

	*si = (struct screen_info){ .orig_video_isVGA = VIDEO_TYPE_VLFB };
	si->lfb_base = (uint32_t)f->addr;
	si->ext_lfb_base = (uint32_t)(f->addr >> 32);
	si->capabilities = si->ext_lfb_base ? SCREEN_CAPABILITY_64BIT_BASE : 0;
	si->lfb_size = (uint32_t)((bytes + 0xffff) >> 16);
	si->lfb_width = (uint16_t)f->width;
	si->lfb_height = (uint16_t)f->height;
	si->lfb_depth = f->bpp;
	si->lfb_linelength = (uint16_t)f->pitch;
	si->red_pos = f->mask[0];
	si->red_size = f->mask[1];
	si->green_pos = f->mask[2];
	si->green_size = f->mask[3];
	si->blue_pos = f->mask[4];
	si->blue_size = f->mask[5];
}

void handoff_text_screen(struct handoff *h)
{
	handoff_framebuffer(h, (struct framebuffer){ .type = 2, .width = 80, .height = 25 });
}

void handoff_framebuffer(struct handoff *h, struct framebuffer f)
{
	if (f.type == 2)
		text_screen(&h->bp.screen_info, &f);
	else
		pixel_screen(&h->bp.screen_info, &f);
}
