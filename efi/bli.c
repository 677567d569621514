// SPDX-License-Identifier: BSD-2-Clause
/*
 * The Boot Loader Interface (systemd.io/BOOT_LOADER_INTERFACE): variables that
 * `bootctl status` and systemd-analyze read.  Boot services alive; what a boot loader
 * before us said stays.
 */
#include "efi.h"
#include "lib.h"
#include "machine.h"
#include "say.h"

#define LOADER_GUID                                                    \
	{                                                              \
		0x4a67b082, 0x0a4c, 0x41cf,                            \
		{                                                      \
			0xb6, 0xc7, 0x44, 0x0b, 0x29, 0xbb, 0x8c, 0x4f \
		}                                                      \
	}
#define STALL_US 500
#define DIGITS 24

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
	uint64_t before = rdtsc(), features = 0;

	efi.bs->Stall(STALL_US);
	tsc_per_ms = (rdtsc() - before) * 1000 / STALL_US;
	set_time(L"LoaderTimeInitUSec", tsc);
	set_text(L"StubInfo", "lintel " LINTEL_VERSION);
	set(L"StubFeatures", &features, sizeof(features));
}

void efi_bli_image(struct span path)
{
	static const CHAR16 name[] = L"LoaderImageIdentifier";

	if (path.len && !is_set(name))
		set(name, path.p, path.len);
}

void efi_bli_end(void)
{
	set_time(L"LoaderTimeExecUSec", rdtsc());
}
