/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of several images is the newest: the order in which boot loaders of the UAPI
 * group's specifications put EFI/Linux/NAME.efi.  The boot loader for the BIOS and the
 * UEFI door choose by it, so that a medium starts the same file on both.  Pure.
 */
#ifndef PROTOCOL_VERSION_H
#define PROTOCOL_VERSION_H

#include <stdbool.h>

/* FAT has no longer names; characters after this many are ignored. */
#define VERSION_NAME_MAX 255u

/** version_compare() - <0, 0, >0 by the version format (UAPI.10), as strcmp() */
int version_compare(const char *a, const char *b);

/** version_is_image() - whether a file name ends in .efi, in either case */
bool version_is_image(const char *name);

/**
 * version_compare_images() - the same for file names as the Boot Loader Specification sorts
 * (UAPI.1)
 *
 * NAME+LEFT.efi and NAME+LEFT-DONE.efi count the tries to boot them: a file with no tries
 * left comes last; otherwise the counter is no part of the version.  Never 0 for files of
 * one directory.
 */
int version_compare_images(const char *a, const char *b);

#endif
