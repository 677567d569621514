/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the fields of FAT16 and FAT32 are (Microsoft's "FAT General Overview"): fat.c reads
 * them, and the host tool's media have them.  Offsets in bytes; numbers are little-endian.
 */
#ifndef BIOS_BOOT_FAT_FORMAT_H
#define BIOS_BOOT_FAT_FORMAT_H

/* The first sector. */
#define BPB_SECTOR_SIZE 11
#define BPB_CLUSTER 13
#define BPB_RESERVED 14
#define BPB_FATS 16
#define BPB_ROOT_ENTRIES 17
#define BPB_TOTAL16 19
#define BPB_MEDIA 21
#define BPB_FAT_SIZE16 22
#define BPB_TRACK_SECTORS 24
#define BPB_HEADS 26
#define BPB_HIDDEN 28
#define BPB_TOTAL32 32
#define BPB_NAMES16 36 /* drive, serial number, label: in FAT32 they come later */
#define BPB_SIGNATURE 510
#define BPB_SIGNATURE_VALUE 0xaa55

/* Of FAT32 only. */
#define BPB_FAT_SIZE32 36
#define BPB_FLAGS 40
#define BPB_ROOT_CLUSTER 44
#define BPB_INFO_SECTOR 48
#define BPB_BACKUP_SECTOR 50
#define BPB_NAMES32 64

#define FLAG_NO_MIRROR 0x80 /* only the FAT with the number in the bits below is kept */
#define FLAGS_FAT 0x0f
#define FAT16_CLUSTERS_MIN 4085u
#define FAT32_CLUSTERS_MIN 65525u
#define FAT32_CLUSTERS_MAX 0x0ffffff5

/* A directory entry of 32 bytes; in a part of a long name, the letters are in three places. */
#define ENTRY_SIZE 32u
#define ENTRY_ATTRIBUTES 11
#define ENTRY_SMALL 12
#define SMALL_NAME 0x08
#define SMALL_SUFFIX 0x10
#define ENTRY_CLUSTER_HIGH 20
#define ENTRY_CLUSTER 26
#define ENTRY_FILE_SIZE 28
#define ATTRIBUTE_VOLUME 0x08
#define ATTRIBUTE_DIRECTORY 0x10
#define ATTRIBUTE_ARCHIVE 0x20
#define ATTRIBUTE_LONG 0x0f

#endif
