/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A payload that Xen's tools unpack themselves: the ELF face, gzipped.
 */
#ifndef ISO_BUILD_PAYLOAD_H
#define ISO_BUILD_PAYLOAD_H

struct pack;

/**
 * payload_add() - make the gzipped ELF face of another image this image's payload
 * @inner: the same image without such a payload, complete, but not written yet
 * @near:  a path; temporary files are made in its directory
 */
void payload_add(struct pack *im, struct pack *inner, const char *near);

#endif
