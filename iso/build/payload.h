/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A payload that Xen's tools unpack themselves: the ELF face, gzipped.
 */
#ifndef ISO_BUILD_PAYLOAD_H
#define ISO_BUILD_PAYLOAD_H

struct pack;

/**
 * payload_add() - let the image's payload be the gzipped ELF face of another one
 * @inner: the same image without such a payload, complete but for being written
 * @near:  a path in the directory where there is space for its temporary files
 */
void payload_add(struct pack *im, struct pack *inner, const char *near);

#endif
