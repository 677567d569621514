// SPDX-License-Identifier: BSD-2-Clause
/*
 * The Boot Loader Interface (systemd.io/BOOT_LOADER_INTERFACE): variables that
 * `bootctl status` and systemd-analyze read.  Boot services alive; variables that an
 * earlier boot loader has set are left alone.
 */
#include "efi/efi.h"
#include "protocol/lib.h"
#include "protocol/measure.h"
#include "protocol/say.h"
#include "shim/pc/instructions.h"

#define LOADER_GUID                                                    \
	{                                                              \
		0x4a67b082, 0x0a4c, 0x41cf,                            \
		{                                                      \
			0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb, 0x8c, 0x4f \
		}                                                      \
	}
#define STALL_US 500
#define DIGITS 24
#define UUID_TEXT 37

/* StubFeatures, as systemd numbers them.  We set this one.  We do not set RANDOM_SEED (bit
 * 4): systemd would write a seed to the ESP, which we do not read. */
#define REPORT_BOOT_PARTITION 1u

/* UEFI 2.10, section 10.3.5.1: the hard drive node of a device path. */
#define DISK_SIGNATURE 24
#define DISK_SIGNATURE_TYPE 41
#define SIGNATURE_IS_GUID 2

static uint64_t tsc_per_ms;

static void set(const CHAR16 *name, const void *value, UINTN size)
{
	EFI_GUID guid = LOADER_GUID;

	efi.st->RuntimeServices->SetVariable(
		(CHAR16 *)name, &guid,
		EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS, size, (void *)value);
}

static bool is_set(const CHAR16 *name)
{
	EFI_GUID guid = LOADER_GUID;
	UINTN size = 0;

	return efi.st->RuntimeServices->GetVariable((CHAR16 *)name, &guid, NULL, &size, NULL) !=
	       EFI_NOT_FOUND;
}

static void set_text(const CHAR16 *name, const char *text)
{
	CHAR16 wide[DIGITS * 2];
	UINTN n = 0;

	for (; *text && n < DIGITS * 2 - 1; text++)
		wide[n++] = (uint8_t)*text;
	wide[n++] = 0;
	set(name, wide, n * sizeof(wide[0]));
}

/* The first three fields of a GUID are little-endian, its text is not.  Capital letters, as
 * systemd-boot writes them. */
static void uuid_text(char *text, struct span guid)
{
	format(text, UUID_TEXT, "%08x-%04x-%04x-%02x%02x-", rd32(guid, 0), rd16(guid, 4),
	       rd16(guid, 6), rd8(guid, 8), rd8(guid, 9));
	for (uint64_t i = 10; i < 16; i++)
		format(text + 4 + 2 * i, 3, "%02x", rd8(guid, i));
	for (; *text; text++)
		if (*text >= 'a')
			*text = (char)(*text - 'a' + 'A');
}

/* The GPT partition from which the image was loaded, or the boot loader that entered us. */
static void set_partition(void)
{
	static const CHAR16 name[] = L"LoaderDevicePartUUID";
	EFI_GUID image = LOADED_IMAGE_PROTOCOL, device_path = DEVICE_PATH_PROTOCOL;
	EFI_LOADED_IMAGE *li;
	EFI_DEVICE_PATH *path;
	struct span disk;
	char text[UUID_TEXT];

	if (is_set(name) ||
	    efi.bs->HandleProtocol(efi.image, &image, (void **)&li) != EFI_SUCCESS ||
	    efi.bs->HandleProtocol(li->DeviceHandle, &device_path, (void **)&path) != EFI_SUCCESS)
		return;
	disk = path_media(path, MEDIA_HARDDRIVE_DP);
	if (rd8(disk, DISK_SIGNATURE_TYPE) != SIGNATURE_IS_GUID)
		return;
	uuid_text(text, span_from(disk, DISK_SIGNATURE));
	set_text(name, text);
}

static void set_time(const CHAR16 *name, uint64_t tsc)
{
	char text[DIGITS];

	if (!tsc_per_ms || is_set(name))
		return;
	format(text, sizeof(text), "%" U64, tsc / tsc_per_ms * 1000);
	set_text(name, text);
}

void efi_bli_begin(uint64_t tsc)
{
	uint64_t before = rdtsc(), features = REPORT_BOOT_PARTITION;

	efi.bs->Stall(STALL_US);
	tsc_per_ms = (rdtsc() - before) * 1000 / STALL_US;
	set_time(L"LoaderTimeInitUSec", tsc);
	set_text(L"StubInfo", "lintel " LINTEL_VERSION);
	set(L"StubFeatures", &features, sizeof(features));
	set_partition();
}

void efi_bli_image(struct span path)
{
	static const CHAR16 name[] = L"LoaderImageIdentifier";

	if (path.len && !is_set(name))
		set(name, path.p, path.len);
}

/* systemd seals to these PCRs only where a variable says that they have been used. */
void efi_bli_measured(uint32_t pcrs)
{
	if (pcrs & 1u << PCR_IMAGE)
		set_text(L"StubPcrKernelImage", "11");
	if (pcrs & 1u << PCR_ADDED)
		set_text(L"StubPcrKernelParameters", "12");
}

void efi_bli_end(void)
{
	set_time(L"LoaderTimeExecUSec", rdtsc());
}
