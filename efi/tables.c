// SPDX-License-Identifier: BSD-2-Clause
/*
 * What the firmware knows about the machine: configuration tables, variables, screen,
 * random bytes.  Boot services alive.
 */
#include "efi/efi.h"
#include "protocol/lib.h"

#define RNG_BYTES 32

#define RNG_PROTOCOL                                                   \
	{                                                              \
		0x3152bca5, 0xeade, 0x433d,                            \
		{                                                      \
			0x86, 0x2e, 0xc0, 0x1c, 0xdc, 0x29, 0x1f, 0x44 \
		}                                                      \
	}

struct rng_protocol {
	EFI_STATUS(EFIAPI *GetInfo)(struct rng_protocol *, UINTN *, EFI_GUID *);
	EFI_STATUS(EFIAPI *GetRNG)(struct rng_protocol *, EFI_GUID *, UINTN, UINT8 *);
};

/* UEFI 2.10, section 12.9.2.5: EFI_EDID_ACTIVE_PROTOCOL. */
#define EDID_ACTIVE_PROTOCOL                                           \
	{                                                              \
		0xbd8c1056, 0x9f36, 0x44ec,                            \
		{                                                      \
			0x92, 0xa8, 0xa6, 0x33, 0x7f, 0x81, 0x79, 0x86 \
		}                                                      \
	}

struct edid_protocol {
	UINT32 SizeOfEdid;
	UINT8 *Edid;
};

/* shim's vendor GUID, 605DAB50-E046-4300-ABB6-3DD810DD8B23. */
#define SHIM_LOCK                                                      \
	{                                                              \
		0x605dab50, 0xe046, 0x4300,                            \
		{                                                      \
			0xab, 0xb6, 0x3d, 0xd8, 0x10, 0xdd, 0x8b, 0x23 \
		}                                                      \
	}

/* A variable of one byte; 0 where there is none. */
static EFI_STATUS read_byte(const CHAR16 *name, EFI_GUID vendor, UINT8 *value, UINT32 *attributes)
{
	UINTN size = sizeof(*value);
	EFI_STATUS status = efi.st->RuntimeServices->GetVariable((CHAR16 *)name, &vendor,
								 attributes, &size, value);

	if (status == EFI_SUCCESS)
		return EFI_SUCCESS;
	*value = 0;
	return status == EFI_NOT_FOUND ? EFI_SUCCESS : status;
}

/* Whether the owner has switched shim's checks off; later code cannot set this variable. */
static bool shim_is_off(void)
{
	EFI_GUID vendor = SHIM_LOCK;
	UINT32 attributes = 0;
	UINT8 off;

	return read_byte(L"MokSBState", vendor, &off, &attributes) == EFI_SUCCESS && off == 1 &&
	       !(attributes & EFI_VARIABLE_RUNTIME_ACCESS);
}

uint8_t efi_secure_boot(void)
{
	EFI_GUID global = EFI_GLOBAL_VARIABLE;
	UINT32 attributes;
	UINT8 on, setup;

	/* An error does not count as "off": causing one must not be a way around Secure Boot. */
	if (read_byte(L"SecureBoot", global, &on, &attributes) != EFI_SUCCESS ||
	    read_byte(L"SetupMode", global, &setup, &attributes) != EFI_SUCCESS)
		return SECURE_BOOT_UNKNOWN;
	return on && !setup && !shim_is_off() ? SECURE_BOOT_ENABLED : SECURE_BOOT_DISABLED;
}

static void find_rsdp(struct handoff *h)
{
	EFI_GUID acpi20 = ACPI_20_TABLE_GUID, acpi = ACPI_TABLE_GUID;

	h->rsdp = efi_find_table(&acpi20);
	if (!h->rsdp)
		h->rsdp = efi_find_table(&acpi);
}

struct channel {
	uint8_t size, pos;
};

static struct channel channel_of(UINT32 mask)
{
	struct channel c = { 0 };

	while (mask && !(mask & 1)) {
		mask >>= 1;
		c.pos++;
	}
	for (; mask & 1; mask >>= 1)
		c.size++;
	return c;
}

/* Red and blue change places between the two formats; green and the reserved bits stay. */
static EFI_PIXEL_BITMASK masks_of(const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *info)
{
	EFI_PIXEL_BITMASK rgb = { 0xff, 0xff00, 0xff0000, 0xff000000 };
	EFI_PIXEL_BITMASK bgr = { 0xff0000, 0xff00, 0xff, 0xff000000 };

	if (info->PixelFormat == PixelBitMask)
		return info->PixelInformation;
	return info->PixelFormat == PixelBlueGreenRedReserved8BitPerColor ? bgr : rgb;
}

static void set_channels(struct screen_info *si, EFI_PIXEL_BITMASK mask)
{
	struct channel r = channel_of(mask.RedMask), g = channel_of(mask.GreenMask);
	struct channel b = channel_of(mask.BlueMask), x = channel_of(mask.ReservedMask);

	si->red_size = r.size;
	si->red_pos = r.pos;
	si->green_size = g.size;
	si->green_pos = g.pos;
	si->blue_size = b.size;
	si->blue_pos = b.pos;
	si->rsvd_size = x.size;
	si->rsvd_pos = x.pos;
	si->lfb_depth = (uint16_t)(r.size + g.size + b.size + x.size);
}

static void set_screen(struct handoff *h)
{
	EFI_GUID guid = EFI_GRAPHICS_OUTPUT_PROTOCOL_GUID;
	EFI_GRAPHICS_OUTPUT_PROTOCOL *gop;
	const EFI_GRAPHICS_OUTPUT_MODE_INFORMATION *info;
	struct screen_info *si = &h->bp.screen_info;

	if (efi.bs->HandleProtocol(efi.st->ConsoleOutHandle, &guid, (void **)&gop) != EFI_SUCCESS &&
	    efi.bs->LocateProtocol(&guid, NULL, (void **)&gop) != EFI_SUCCESS)
		return;
	info = gop->Mode->Info;
	if (info->PixelFormat == PixelBltOnly)
		return;
	*si = (struct screen_info){ .orig_video_isVGA = VIDEO_TYPE_EFI, .pages = 1 };
	set_channels(si, masks_of(info));
	si->lfb_width = (uint16_t)info->HorizontalResolution;
	si->lfb_height = (uint16_t)info->VerticalResolution;
	si->lfb_linelength = (uint16_t)(info->PixelsPerScanLine * (si->lfb_depth / 8));
	si->lfb_base = (uint32_t)gop->Mode->FrameBufferBase;
	si->ext_lfb_base = (uint32_t)(gop->Mode->FrameBufferBase >> 32);
	si->capabilities = si->ext_lfb_base ? SCREEN_CAPABILITY_64BIT_BASE : 0;
	si->lfb_size = (uint32_t)si->lfb_linelength * si->lfb_height;
}

static void set_edid(struct handoff *h)
{
	EFI_GUID guid = EDID_ACTIVE_PROTOCOL;
	struct edid_protocol *edid;

	if (efi.bs->LocateProtocol(&guid, NULL, (void **)&edid) == EFI_SUCCESS &&
	    edid->SizeOfEdid >= sizeof(h->bp.edid_info))
		memcpy(h->bp.edid_info, edid->Edid, sizeof(h->bp.edid_info));
}

static void add_random_seed(struct handoff *h)
{
	static struct {
		struct setup_data head;
		UINT8 bytes[RNG_BYTES];
	} node;
	EFI_GUID guid = RNG_PROTOCOL;
	struct rng_protocol *rng;

	if (h->setup_datas >= SETUP_DATA_MAX ||
	    efi.bs->LocateProtocol(&guid, NULL, (void **)&rng) != EFI_SUCCESS ||
	    rng->GetRNG(rng, NULL, RNG_BYTES, node.bytes) != EFI_SUCCESS)
		return;
	node.head = (struct setup_data){ 0, SETUP_RNG_SEED, RNG_BYTES };
	h->setup_data[h->setup_datas++] = (struct blob){ (uint64_t)(uintptr_t)&node,
							 sizeof(node.head) + RNG_BYTES };
}

void efi_gather(struct handoff *h)
{
	find_rsdp(h);
	set_screen(h);
	set_edid(h);
	add_random_seed(h);
}
