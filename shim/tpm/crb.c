// SPDX-License-Identifier: BSD-2-Clause
/*
 * The CRB interface: commands and replies lie in memory.  Called by tpm.c.  64-bit, ring 0;
 * touches the TPM's registers and its buffers.
 */
#include "protocol/number.h"
#include "protocol/tpm2.h"
#include "shim/tpm/registers.h"
#include "shim/tpm/wire.h"

/* Before the control area, where it is on a page of registers. */
#define CONTROL_OFFSET 0x40
#define LOCALITY_STATE 0x00
#define LOCALITY_CONTROL 0x08
/* Valid and assigned; to which locality: 0. */
#define LOCALITY_BITS 0x9eu
#define LOCALITY_OURS 0x82u
#define LOCALITY_REQUEST 1
#define LOCALITY_RELINQUISH 2

/* The control area. */
#define REQUEST 0x00
#define REQUEST_READY 1u
#define REQUEST_IDLE 2u
#define STATUS 0x04
#define STATUS_ERROR 1u
#define CANCEL 0x08
#define START 0x0c
#define COMMAND_SIZE 0x18
#define COMMAND_LOW 0x1c
#define COMMAND_HIGH 0x20
#define REPLY_SIZE 0x24
#define REPLY_LOW 0x28
#define REPLY_HIGH 0x2c

/* Locality registers are at 0 where there are none: firmware TPMs have the area alone. */
static uint64_t area, locality, command_at, reply_at;
static uint32_t command_room, reply_room;

static bool take_locality(void)
{
	if (!locality)
		return true;
	write32(locality + LOCALITY_CONTROL, LOCALITY_REQUEST);
	return wait32(locality + LOCALITY_STATE, LOCALITY_BITS, LOCALITY_OURS, CLOCK_REGISTER);
}

/* The registers that have their values when the TPM is not idle. */
static bool find_buffers(const struct map *map)
{
	command_room = read32(area + COMMAND_SIZE);
	command_at = words64(read32(area + COMMAND_LOW), read32(area + COMMAND_HIGH));
	reply_room = read32(area + REPLY_SIZE);
	reply_at = words64(read32(area + REPLY_LOW), read32(area + REPLY_HIGH));
	/* No more of them is used. */
	return wire_may_touch(map, command_at, lower(command_room, TPM2_COMMAND_MAX)) &&
	       wire_may_touch(map, reply_at, lower(reply_room, TPM2_REPLY_MAX));
}

/* Ask for a state; the TPM clears the bit when it is there. */
static bool request(uint32_t state)
{
	write32(area + REQUEST, state);
	return wait32(area + REQUEST, state, 0, CLOCK_REGISTER);
}

bool crb_begin(uint64_t control, const struct map *map)
{
	area = control;
	locality = control % PAGE == CONTROL_OFFSET ? control - CONTROL_OFFSET : 0;
	return read32(area + REQUEST) != UINT32_MAX && take_locality() && request(REQUEST_READY) &&
	       find_buffers(map) && request(REQUEST_IDLE);
}

void crb_end(void)
{
	if (locality)
		write32(locality + LOCALITY_CONTROL, LOCALITY_RELINQUISH);
}

static bool start(void)
{
	write32(area + CANCEL, 0);
	write32(area + START, 1);
	return wait32(area + START, UINT32_MAX, 0, CLOCK_COMMAND);
}

static size_t receive(uint8_t *reply)
{
	size_t size, i = 0;

	if (reply_room < TPM2_HEADER)
		return 0;
	for (; i < TPM2_HEADER; i++)
		reply[i] = read8(reply_at + i);
	size = tpm2_reply_size((struct span){ reply, TPM2_HEADER });
	if (size > reply_room)
		return 0;
	for (; i < size; i++)
		reply[i] = read8(reply_at + i);
	return size;
}

/* A TPM that is late is left alone: to end its command is one more thing to wait for. */
size_t crb_run(struct span command, uint8_t *reply)
{
	size_t size = 0;

	if (command.len > command_room || !request(REQUEST_READY))
		return 0;
	for (size_t i = 0; i < command.len; i++)
		write8(command_at + i, command.p[i]);
	if (!start())
		return 0;
	if (!(read32(area + STATUS) & STATUS_ERROR))
		size = receive(reply);
	request(REQUEST_IDLE);
	return size;
}
