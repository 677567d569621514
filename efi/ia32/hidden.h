/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Read before every file of the 32-bit image (gcc -include): what is only declared lies
 * in the image too, so code reaches it by its distance.  Without this, code for i386 would
 * look its address up in a table that somebody has to relocate (law 5).
 */
#ifndef EFI_IA32_HIDDEN_H
#define EFI_IA32_HIDDEN_H

#pragma GCC visibility push(hidden)

#endif
