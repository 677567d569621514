/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ELF headers of an image that is being packed.
 */
#ifndef ISO_BUILD_ELF_HEADERS_H
#define ISO_BUILD_ELF_HEADERS_H

#include <stdint.h>

struct pack;

/** elf_headers_set_kernel() - where the kernel runs, which ELF loaders must leave free */
void elf_headers_set_kernel(struct pack *im, uint64_t base, uint64_t end);

/** elf_headers_fix() - the ELF headers of both faces, when the image is complete */
void elf_headers_fix(struct pack *im);

#endif
