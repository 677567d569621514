// SPDX-License-Identifier: BSD-2-Clause
/*
 * `lintel build --xen`.  As a bzImage the universal face has a payload, which is a plain
 * ELF file.  Xen's libxc first tries to unpack it, prints a complaint, and then takes it as
 * it is.  With --xen the payload is the ELF face, gzipped, and libxc is silent.  Kernel and
 * initrd are compressed already, so the file becomes twice as large.  Called by build.c.
 */
#include "iso/build/payload.h"

#include <string.h>
#include <zlib.h>

#include "iso/allocate.h"
#include "iso/build/pack.h"
#include "iso/file.h"
#include "iso/output.h"
#include "iso/reject.h"
#include "protocol/number.h"

#define BUFFER MIB
#define GZIP_WINDOW (MAX_WBITS + 16) /* zlib.h: a gzip header and trailer */
/* Only our own code can be compressed further, and for that the fastest level is enough. */
#define LEVEL 1

static void deflate_some(z_stream *z, const struct output *to, uint8_t *buffer, int flush)
{
	do {
		z->next_out = buffer;
		z->avail_out = BUFFER;
		deflate(z, flush);
		output_write(to, buffer, BUFFER - z->avail_out);
	} while (!z->avail_out);
}

static void compress_file(const struct file *f, const struct output *to)
{
	uint8_t *in = allocate(BUFFER), *out = allocate(BUFFER);
	uint64_t off = 0;
	z_stream z;

	memset(&z, 0, sizeof(z));
	if (deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP_WINDOW, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		reject(f->path, "cannot be compressed: no memory");
	do {
		uint64_t left = f->size - off;
		size_t n = left < BUFFER ? (size_t)left : BUFFER;

		file_read(f, off, in, n);
		off += n;
		z.next_in = in;
		z.avail_in = (uint32_t)n;
		deflate_some(&z, to, out, off < f->size ? Z_NO_FLUSH : Z_FINISH);
	} while (off < f->size);
	deflateEnd(&z);
}

void payload_add(struct pack *im, struct pack *inner, const char *near)
{
	struct output *packed = output_begin(near);
	const struct file *elf, *payload;

	pack_write(inner, NULL, near);
	elf = file_open(inner->out[1]->temporary);
	compress_file(elf, packed);
	output_finish(packed);
	payload = file_open(packed->temporary);
	pack_begin(im, ".elf.gz");
	pack_set_payload(im, payload->size);
	pack_add_file(im, payload);
	pack_end(im);
	/* Their names go; the payload is still open, and pack_write() reads it. */
	output_drop(inner->out[1]);
	output_drop(packed);
}
