// SPDX-License-Identifier: BSD-2-Clause
/*
 * Writes a complete image: both faces in one pass through one buffer, with the checksums
 * that are known at its end.  Called by pack.c.
 */
#include "iso/build/stream.h"

#include <string.h>

#include "bios/boot/sum.h"
#include "iso/allocate.h"
#include "iso/build/pack.h"
#include "iso/file.h"
#include "iso/output.h"
#include "iso/progress.h"
#include "iso/put.h"
#include "protocol/number.h"
#include "protocol/pe.h"
#include "shim/face/layout.h"

#define BUFFER_SIZE MIB
#define PROGRESS_FROM (64 * MIB)
#define CHECKSUM_OFFSET (OPTIONAL_OFFSET + offsetof(struct pe_optional_header64, CheckSum))

/**
 * struct stream - what is written to both faces; only their first bytes differ
 * @name:   for the progress line
 * @buffer: filled up before it is written, so that the sums never split a word
 * @pe_sum: of 32-bit words; folding gives the same as summing 16-bit words
 * @sum:    the image's own, computed with its fields 0
 */
struct stream {
	const char *name;
	struct output *out[2];
	uint8_t *buffer;
	size_t fill;
	uint64_t pe_sum, done, total;
	struct image_sum sum;
};

static void flush(struct stream *st)
{
	for (size_t i = 0; i < st->fill; i += 4) {
		uint32_t word;

		memcpy(&word, st->buffer + i, 4);
		st->pe_sum += word;
	}
	sum_add(&st->sum, st->buffer, st->fill / SUM_BLOCK);
	for (int i = 0; i < 2; i++)
		if (st->out[i])
			output_write(st->out[i], st->buffer, st->fill);
	st->done += st->fill;
	st->fill = 0;
	if (st->total > PROGRESS_FROM)
		progress_show(st->name, st->done, st->total);
}

static void copy_part(struct stream *st, const struct part *p)
{
	for (uint64_t off = 0; off < p->size;) {
		uint64_t left = p->size - off, space = BUFFER_SIZE - st->fill;
		size_t n = (size_t)(left < space ? left : space);
		uint8_t *to = st->buffer + st->fill;

		if (p->file)
			file_read(p->file, off, to, n);
		else if (p->bytes)
			memcpy(to, p->bytes + off, n);
		else
			memset(to, 0, n);
		off += n;
		st->fill += n;
		if (st->fill == BUFFER_SIZE)
			flush(st);
	}
}

/* One's complement sum in 16 bits, plus the file's size (as ImageHlp's CheckSumMappedFile). */
static uint32_t pe_checksum(uint64_t sum, uint64_t size)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)(sum + size);
}

/* Fills in the fields that were written as 0.  PE's checksum covers the image's own. */
static void write_checksums(const struct stream *st, const struct pack *im)
{
	uint8_t own[8], pe[4];
	uint64_t value = im->ia32 ? 0 : sum_value(&st->sum);

	put64(own, value);
	put32(pe, pe_checksum(st->pe_sum + (value & UINT32_MAX) + (value >> 32), im->size));
	for (int i = 0; i < 2; i++) {
		if (!st->out[i])
			continue;
		output_write_at(st->out[i], IMAGE_SUM_OFFSET, own, sizeof(own));
		output_write_at(st->out[i], CHECKSUM_OFFSET, pe, sizeof(pe));
	}
}

static void copy_parts(struct stream *st, const struct pack *im)
{
	const struct part base = { .bytes = im->base, .size = im->base_size };

	st->buffer = allocate(BUFFER_SIZE);
	st->total = im->size;
	copy_part(st, &base);
	for (const struct part *p = im->parts; p; p = p->next)
		copy_part(st, p);
	flush(st);
	progress_clear();
	write_checksums(st, im);
}

void stream_write(const struct pack *im, struct output *const out[2], const char *name)
{
	struct stream st = { .name = name, .out = { out[0], out[1] } };

	copy_parts(&st, im);
	if (out[1])
		output_write_at(out[1], 0, im->elf_face, FACE_SIZE);
}
