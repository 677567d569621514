/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The TPM's event log as firmware hands it over: format TCG 2, "crypto agile" (TCG PC Client
 * Platform Firmware Profile 1.06, section 10).  Linux shows it as binary_bios_measurements.
 * Pure; any world.
 */
#ifndef PROTOCOL_TPMLOG_H
#define PROTOCOL_TPMLOG_H

#include "protocol/tpm2.h"

/**
 * tpmlog_end() - where the next event would begin
 * @log: the whole area, or the log alone
 *
 * Return: its offset, @log.len where the area is full; 0 where this is no such log, or one
 * that cannot be followed to its end.
 */
size_t tpmlog_end(struct span log);

/**
 * tpmlog_event() - take an event apart
 * @log:       begins with the header, which says how long digests are
 * @event:     begins with the event, which need not lie in the log
 * @algorithm: of the digest that is wanted, 0 for none
 * @digest:    gets it; empty where the event has none of this algorithm
 *
 * Return: bytes of the event; 0 where there is none that the header allows.
 */
uint64_t tpmlog_event(struct span log, struct span event, uint16_t algorithm, struct span *digest);

/**
 * tpmlog_append() - write an event behind the last one
 * @area:    all of the log's area
 * @size:    bytes of it
 * @e:       PCR, type and text
 * @digests: what the PCR was extended with; those that the log's header lists are written
 *
 * Return: false where nothing was written: the log cannot be followed, the room behind it is
 * too small or not empty, or the header lists none of these banks.
 */
bool tpmlog_append(uint8_t *area, size_t size, const struct event *e,
		   const struct tpm2_digests *digests);

#endif
