/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the UEFI door share.  They run in the firmware's mode on its page
 * tables, boot services alive, and may call the firmware; types, names of GUIDs and
 * protocols come from gnu-efi's headers.  No library of gnu-efi is linked.
 */
#ifndef EFI_EFI_H
#define EFI_EFI_H

#include <efi.h>
#include <efiprot.h>

#include "protocol/event.h"
#include "protocol/handoff.h"
#include "protocol/version.h"
#include "shim/lintel.h"

/* The longest path of a file that we load, and a NUL. */
#define EFI_PATH_MAX 512

/* ---- firmware.c */

/** struct efi - the firmware, as the door was given it; valid until boot services end
 *  @image: the handle of our own image; where GRUB loaded and entered us, that of GRUB */
struct efi {
	EFI_HANDLE image;
	EFI_SYSTEM_TABLE *st;
	EFI_BOOT_SERVICES *bs;
};
extern struct efi efi;

/** efi_firmware() - keep what the door was given; called before anything else of efi/ */
void efi_firmware(EFI_HANDLE image, EFI_SYSTEM_TABLE *st);
/** efi_loaded_image() - how the firmware loaded our image */
EFI_LOADED_IMAGE *efi_loaded_image(void);
/** efi_find_table() - the configuration table with this GUID, 0 for none */
uint64_t efi_find_table(const EFI_GUID *guid);

/* ---- path.c */

/* A node's type, subtype and length, which its data follow. */
#define PATH_NODE_HEAD 4u

/** path_at() - a span that begins with a device path; the end node says where that ends */
struct span path_at(const EFI_DEVICE_PATH *path);
/** path_next() - take the first node off @rest; false at the path's end, or where it is cut off */
bool path_next(struct span *rest, struct span *node);
/** path_is() - whether a node is of this kind */
bool path_is(struct span node, uint8_t type, uint8_t subtype);
/** path_media() - the last node of type MEDIA_DEVICE_PATH with this subtype; empty for none */
struct span path_media(const EFI_DEVICE_PATH *path, uint8_t subtype);
/** path_file() - the name of the file in a path, UTF-16; empty for none */
struct span path_file(const EFI_DEVICE_PATH *path);

/* ---- doors.c */

/** efi_open_door() - what every door begins with: console, clock, packed files, the map */
void efi_open_door(const char *name, uint64_t image, uint64_t system_table,
		   enum image_memory memory);
/** efi_set_loader() - the firmware has loaded us: take its vendor's name as the loader's */
void efi_set_loader(struct handoff *h);
/** efi_boot() - boot the kernel of a handoff: ask the firmware for the rest, plan, end boot
 *  services, write the block.  Return: as lintel_act(). */
uint64_t efi_boot(struct handoff *h);

/* ---- console.c */

/** efi_console_open() - from now on say() writes to ConOut, and a refusal ends the image */
void efi_console_open(void);
/** efi_console_close() - boot services are about to end: serial port only */
void efi_console_close(void);

/* ---- memory.c */

/** efi_pages() - memory for bytes of ours, page-aligned, below @max; refuses (E_MEMORY) */
uint64_t efi_pages(uint64_t size, uint64_t max, const char *what);
/** efi_free_last() - give back what the last efi_pages() gave */
void efi_free_last(void);
/** efi_free_all() - give back everything that efi_pages() gave */
void efi_free_all(void);
/** efi_open_map() - put the memory map as it is now into the handoff */
void efi_open_map(struct handoff *h);
/** efi_take_block() - memory for the block, with room for a map that grows */
void efi_take_block(struct handoff *h);
/** efi_exit() - end boot services with a plan that holds for the very last map */
void efi_exit(struct handoff *h);

/* ---- file.c */

/** efi_open_volume() - the image's volume; NULL where it came from something else, from a
 *  network for example */
EFI_FILE_HANDLE efi_open_volume(void);
/** efi_load_kernel() - read a kernel or UKI from the image's volume to a place where it has
 *  room to start; refuses (E_SECURE_BOOT, E_FILE) */
struct blob efi_load_kernel(const struct handoff *h, const char *path);
/** efi_load_file() - read any other file from the image's volume; refuses (E_FILE) */
struct blob efi_load_file(const char *path);
/** efi_load_beside() - read a file of the image's volume; false if there is none; refuses
 *  (E_SECURE_BOOT)
 *  @text: its name, for messages */
bool efi_load_beside(const struct handoff *h, const CHAR16 *name, const char *text,
		     struct blob *file);
/** efi_load_initrd() - take the initrd that a boot loader offers by
 *  LINUX_EFI_INITRD_MEDIA_GUID; false for none */
bool efi_load_initrd(struct handoff *h);

/* ---- options.c */

/** efi_load_options() - make the image's load options the handoff's command line, except
 *  for linux=PATH and initrd=PATH: they name files on the image's volume, which are loaded */
void efi_load_options(struct handoff *h);
/** efi_options() - the load options after the program's own name, "" if they are no text;
 *  refuses a text that is too long (E_CMDLINE) */
const char *efi_options(void);

/* ---- choose.c */

/** struct efi_choice - a file of \EFI\Linux on the image's volume
 *  @path: all of its path
 *  @name: its name, ASCII; "" before the first one */
struct efi_choice {
	CHAR16 path[VERSION_NAME_MAX + 32];
	char name[VERSION_NAME_MAX + 1];
};
/** efi_choose_next() - find the newest image, on each further call the next older one;
 *  false when there is none left */
bool efi_choose_next(struct efi_choice *last);
/** efi_say_choice() - write a line: this image is started */
void efi_say_choice(const struct efi_choice *c);
/** efi_pass_over() - write a line: this one is not started; @status: the firmware's, 0 for none */
void efi_pass_over(const struct efi_choice *c, const char *why, uint64_t status);
/** efi_choose() - start the newest image that can be started; returns only if there is none */
void efi_choose(void);

/* ---- bli.c */

/** efi_bli_begin() - set the variables that say who we are and when we began: @tsc at the door */
void efi_bli_begin(uint64_t tsc);
/** efi_bli_image() - set the name of the file that was started, UTF-16 with its NUL */
void efi_bli_image(struct span path);
/** efi_bli_measured() - set the variables that say which PCR has what; @pcrs: a bit for each */
void efi_bli_measured(uint32_t pcrs);
/** efi_bli_end() - set the time at which the kernel is started */
void efi_bli_end(void);

/* ---- tcg2.c */

/** efi_tpm_open() - find the firmware's way to measure; false if there is no TPM */
bool efi_tpm_open(void);
/** efi_tpm_extend() - extend_fn by the firmware, after efi_tpm_open() */
extend_fn efi_tpm_extend;
/** efi_tpm_log() - install a copy of the event log as Linux expects it; nothing without a TPM */
void efi_tpm_log(void);

/* ---- tables.c */

/** efi_secure_boot() - whether signatures are enforced, as a value for boot_params.secure_boot */
uint8_t efi_secure_boot(void);
/** efi_gather() - put RSDP, screen and random seed into the handoff */
void efi_gather(struct handoff *h);

#endif
