// SPDX-License-Identifier: BSD-2-Clause
/*
 * The console while boot services live: ConOut, and serial ports too where the
 * firmware writes on none.  Called through console_write().
 */
#include "efi/efi.h"
#include "protocol/say.h"
#include "shim/pc/console.h"
#include "shim/pc/uart.h"

#define LINE 128
#define PATHS 1024

static bool firmware_has_serial;

/* Whether one of the devices in the ConOut variable is a serial port. */
static bool conout_has_uart(void)
{
	EFI_GUID global = EFI_GLOBAL_VARIABLE;
	uint8_t paths[PATHS];
	UINTN size = sizeof(paths);
	struct span rest, node;

	if (efi.st->RuntimeServices->GetVariable((CHAR16 *)L"ConOut", &global, NULL, &size,
						 paths) != EFI_SUCCESS)
		return false;
	rest = (struct span){ paths, size };
	while (path_next(&rest, &node))
		if (path_is(node, MESSAGING_DEVICE_PATH, MSG_UART_DP))
			return true;
	return false;
}

static void efi_write(const char *text, size_t len)
{
	CHAR16 line[LINE];
	UINTN n = 0;

	if (!firmware_has_serial)
		uart_write(text, len);
	console_pc_debug(text, len);
	while (len && efi.st->ConOut) {
		if (*text == '\n')
			line[n++] = '\r';
		line[n++] = (uint8_t)*text++;
		if (--len == 0 || n >= LINE - 3) {
			line[n] = 0;
			efi.st->ConOut->OutputString(efi.st->ConOut, line);
			n = 0;
		}
	}
}

static void exited_write(const char *text, size_t len)
{
	uart_write(text, len);
	console_pc_debug(text, len);
}

/* The boot manager goes on with its next entry, so give back the memory that we took. */
static void efi_refuse(void)
{
	efi_free_all();
	efi.bs->Exit(efi.image, EFI_LOAD_ERROR, 0, NULL);
}

void efi_console_open(void)
{
	firmware_has_serial = conout_has_uart();
	console_use(efi_write, efi_refuse);
}

void efi_console_close(void)
{
	console_use(exited_write, NULL);
}
