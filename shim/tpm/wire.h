/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two ways in which bytes come to a TPM and back: FIFO (TIS) and CRB (TCG PC Client Platform
 * TPM Profile 1.05, sections 6.5.2 and 6.5.3).  64-bit, ring 0; they touch the TPM's registers
 * alone, which the callers have mapped uncached.  Only locality 0 is used.
 */
#ifndef SHIM_TPM_WIRE_H
#define SHIM_TPM_WIRE_H

#include "protocol/map.h"
#include "protocol/span.h"

/* Where every PC has the registers of locality 0, unless ACPI says otherwise. */
#define TPM_REGISTERS 0xfed40000u
#define TPM_REGISTERS_SIZE 0x1000u
/* InterfaceType in the interface identifier, which both kinds have at this offset. */
#define TPM_INTERFACE 0x30
#define TPM_INTERFACE_TYPE 0xf
#define TPM_INTERFACE_CRB 1

/** fifo_is_there() - whether anything answers at TPM_REGISTERS */
bool fifo_is_there(void);

/** fifo_begin() - take the locality; false where the TPM does not give it */
bool fifo_begin(void);

/** fifo_run() - send a command, get the reply, at most TPM2_REPLY_MAX bytes; 0 for none in time */
size_t fifo_run(struct span command, uint8_t *reply);

/** fifo_end() - give the locality back */
void fifo_end(void);

/**
 * crb_begin() - take the locality, learn where commands and replies lie
 * @control: address of the control area
 * @map:     what it says is RAM is not touched
 *
 * Return: false where the TPM does not give it, or its registers make no sense.
 */
bool crb_begin(uint64_t control, const struct map *map);

/** crb_run() - as fifo_run() */
size_t crb_run(struct span command, uint8_t *reply);

/** crb_end() - give the locality back; the TPM is idle after each command */
void crb_end(void);

/** wire_is_outside() - whether [base, base + size) lies below 4 GiB, and the map says that no
 *  byte of it is RAM */
bool wire_is_outside(const struct map *map, uint64_t base, uint64_t size);

/** wire_may_touch() - the same for a device; if so, the memory is uncached from now on */
bool wire_may_touch(const struct map *map, uint64_t base, uint64_t size);

#endif
