/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a file's headers promise to loaders: one function per kind of loader, each
 * giving its facts, or NULL where the file has no such header.  Called by `lintel inspect`.
 */
#ifndef ISO_INSPECT_FACES_H
#define ISO_INSPECT_FACES_H

#include <stdbool.h>

#include "iso/json.h"

json_t *face_pe(struct span f);
json_t *face_linux(struct span f);
json_t *face_multiboot1(struct span f);
json_t *face_multiboot2(struct span f);
/** face_elf() - @f begins where the ELF header does */
json_t *face_elf(struct span f);
/** face_payload() - the ELF file in a bzImage, unpacked; "damage" where it cannot be */
json_t *face_payload(struct span f);

#endif
