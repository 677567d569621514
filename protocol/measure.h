/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which sections of a UKI are measured, in which order and form.  The image does it at boot,
 * and `lintel build` predicts it: both by this one function.  Pure; any world.
 */
#ifndef PROTOCOL_MEASURE_H
#define PROTOCOL_MEASURE_H

#include "protocol/bundle.h"
#include "protocol/event.h"

/* What the image is, what is added from outside, and its system extensions. */
#define PCR_IMAGE 11
#define PCR_ADDED 12
#define PCR_EXTENSIONS 13

#define MEASURED_SECTIONS 14

/** measured_section() - the name of the section that is measured as number @i, from 0 */
const char *measured_section(uint32_t i);

/**
 * measure_sections() - measure what a UKI is made of into PCR_IMAGE, as systemd's stub does
 * @base:   where its first byte lies
 * @digest: gets the SHA-256 of each section's contents, by its number, as @extend tells it;
 *          zeros where there is no such section
 *
 * Each section that exists makes two events, its name and its contents.  Refuses a section that
 * ends outside the file (E_BUNDLE).
 *
 * Return: false where @extend has said so; then nothing more is measured.
 */
bool measure_sections(const struct bundle *b, uint64_t base, extend_fn *extend,
		      uint8_t digest[MEASURED_SECTIONS][SHA256_SIZE]);

#endif
