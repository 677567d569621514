/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the fields of a GPT (UEFI 2.10, chapter 5) and of an MBR are: partition.c reads them,
 * and `lintel disk` writes them.  Offsets and sizes in bytes; numbers are little-endian.
 */
#ifndef BIOS_BOOT_GPT_FORMAT_H
#define BIOS_BOOT_GPT_FORMAT_H

/* The header, in the second LBA and in the last one. */
#define GPT_MAGIC 0x5452415020494645ull /* "EFI PART" */
#define GPT_REVISION 8
#define GPT_HEADER_SIZE 12
#define GPT_HEADER_CRC 16
#define GPT_LBA 24    /* its own */
#define GPT_BACKUP 32 /* the other's */
#define GPT_FIRST_USABLE 40
#define GPT_LAST_USABLE 48
#define GPT_DISK_GUID 56
#define GPT_ENTRIES 72 /* LBA of the entries, then their number and size */
#define GPT_COUNT 80
#define GPT_SIZE 84
#define GPT_CRC 88     /* of the entries */
#define GPT_HEADER 92u /* bytes, at least */

/* An entry; the type's GUID comes first. */
#define GPT_GUID 16
#define GPT_FIRST 32
#define GPT_LAST 40
#define GPT_NAME 56
#define GPT_ENTRY 128u /* bytes, at least */

#define MBR_TABLE 446
#define MBR_SIGNATURE 510
#define MBR_SIGNATURE_VALUE 0xaa55

/* An entry of the MBR; whether it is active comes first. */
#define MBR_TYPE 4
#define MBR_LBA 8
#define MBR_SIZE 12
#define MBR_ENTRY 16 /* bytes */
#define MBR_COUNT 4
#define MBR_ACTIVE 0x80
#define MBR_TYPE_GPT 0xee

#endif
