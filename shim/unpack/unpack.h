/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The payload of a Linux bzImage: the kernel's ELF file, compressed.  Only doors that enter
 * a kernel through that file (Xen's) unpack it.
 *
 * The decompressors are Debian's libraries, ordinary compiled code: they need vector
 * registers, an fs base of unpack_tls(), and a stack that no interrupt uses, since they
 * keep data below the stack pointer.  shim/pc/fpu.h gives them the first two in ring 0.
 */
#ifndef SHIM_UNPACK_UNPACK_H
#define SHIM_UNPACK_UNPACK_H

#include "protocol/span.h"

/** unpack_format() - "gzip", "xz", "zstd" or "lz4"; "?" for another format */
const char *unpack_format(struct span payload);

/** unpack_size() - size of the unpacked file; 0 where the payload's format is not known.
 *  Formats: gzip, xz, zstd, LZ4's legacy frames */
uint64_t unpack_size(struct span payload);

/** unpack_heap() - bytes of work memory that unpacking this payload takes, at most 4 GiB */
uint64_t unpack_heap(struct span payload);

/**
 * unpack() - unpack; refuses with E_UNPACK where the payload is damaged
 * @payload: what payload_offset and payload_length of the setup header name
 * @to:      unpack_size() bytes
 * @heap:    unpack_heap() bytes, page-aligned
 *
 * Neither may overlap the payload or the other.
 */
void unpack(struct span payload, void *to, void *heap);

/** unpack_tls() - what the fs base must point to while libraries run, since their stack
 *  protector reads its value there */
void *unpack_tls(void);

/** unpack_libraries() - relocate and initialize the libraries; may be called again.
 *  unpack_heap() calls it. */
void unpack_libraries(void);

#endif
