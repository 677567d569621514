/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Lintel says: one line when it boots a kernel, one line when it refuses.
 * The text is made here (pure); each world has its own way to write it (shim/pc/console.c,
 * the EFI console, the host's stderr).
 */
#ifndef PROTOCOL_SAY_H
#define PROTOCOL_SAY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/world.h" /* console_write() and refuse() */

/* uint64_t in a format: say("at %" X64, address).  Its C type is the compiler's choice. */
#if __SIZEOF_LONG__ == 8
#define X64 "lx"
#define U64 "lu"
#else
#define X64 "llx"
#define U64 "llu"
#endif

/**
 * enum error - why Lintel refuses; the number is the E<nn> of the line
 *
 * The numbers are fixed: ERRORS.md explains each and scripts may look for them.
 */
enum error {
	E_CPU = 1,	    /* the processor has no long mode */
	E_ENTRY = 2,	    /* entered with registers that fit no protocol */
	E_BLOCK = 3,	    /* the loader's information block is damaged */
	E_TAG = 4,	    /* a tag or table entry in it is damaged */
	E_NO_MAP = 5,	    /* the loader reported no memory */
	E_MAP_FULL = 6,	    /* more memory ranges than fit */
	E_MODULE = 7,	    /* a module wraps or lies outside RAM */
	E_MODULES = 8,	    /* too many modules */
	E_CMDLINE = 9,	    /* the command line is too long */
	E_NO_KERNEL = 10,   /* nothing that was given is a kernel */
	E_MACHINE = 11,	    /* the kernel is for another machine */
	E_TRUNCATED = 12,   /* the kernel is cut off */
	E_16BIT = 13,	    /* the kernel has only a 16-bit entry */
	E_OLD = 14,	    /* the kernel is a zImage or older */
	E_ELF = 15,	    /* the ELF kernel's headers are damaged */
	E_MEMORY = 16,	    /* kernel and initrd do not fit into memory */
	E_FIXED = 17,	    /* the kernel's fixed address is not free RAM */
	E_INITRD = 18,	    /* no place that the kernel allows for the initrd */
	E_BUNDLE = 19,	    /* the image's own section table is damaged */
	E_TRAP = 20,	    /* the processor raised an exception */
	E_EFI_APP = 21,	    /* an EFI application that is not a Linux kernel */
	E_E820 = 22,	    /* the BIOS reported no usable memory map */
	E_A20 = 23,	    /* address line 20 stays off */
	E_FILE = 24,	    /* a file named in the load options cannot be read */
	E_EXIT = 25,	    /* the firmware does not end boot services */
	E_SECURE_BOOT = 26, /* Secure Boot, and the kernel is not signed with the image */
	E_EFI32 = 27,	    /* 32-bit UEFI entered the 64-bit image */
	E_UNPACK = 28,	    /* the kernel's payload cannot be unpacked */
	E_XEN = 29,	    /* the kernel cannot be started inside Xen */
	E_READ = 30,	    /* the BIOS cannot read the medium */
	E_DATA = 31,	    /* data read from the medium differ from those written there */
	E_ROOM = 32,	    /* no room in memory for the image on the medium */
	E_NO_IMAGE = 33,    /* no image on the medium */
	E_FAT = 34,	    /* the medium's partition table or file system is damaged */
	E_CONTRACT = 35,    /* the kernel needs a newer Lintel */
	E_REPACK = 36,	    /* another tool packed the image, this door cannot see what */
	E_SEALED = 37,	    /* a sealed image, and the loader adds something */
	E_MEASURE = 38,	    /* the image must be measured, and cannot be */
};

/** format() - print into @buf (always terminated); %s %c %u %x, with l, ll and 0<width> */
size_t format(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
size_t vformat(char *buf, size_t size, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

/** format_hex() - @n bytes as 2 * @n hexadecimal digits and a NUL */
void format_hex(char *to, const uint8_t *bytes, size_t n);

/** say() - print on every console that exists; the caller ends the line with \n */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** die() - print "lintel: E<nn> ..." on every console, and then refuse() */
_Noreturn void die(enum error e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
