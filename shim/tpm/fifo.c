// SPDX-License-Identifier: BSD-2-Clause
/*
 * The FIFO interface, which TIS had before.  Called by tpm.c.  64-bit, ring 0; touches the
 * TPM's registers.
 */
#include "protocol/number.h"
#include "protocol/tpm2.h"
#include "shim/tpm/registers.h"
#include "shim/tpm/wire.h"

#define ACCESS TPM_REGISTERS
#define ACCESS_VALID 0x80
#define ACCESS_ACTIVE 0x20 /* read: the locality is ours; written: give it back */
#define ACCESS_REQUEST 0x02

#define STATUS (TPM_REGISTERS + 0x18)
#define STATUS_VALID 0x80
#define STATUS_READY 0x40 /* written: end whatever is going on */
#define STATUS_GO 0x20
#define STATUS_DATA 0x10
#define STATUS_EXPECT 0x08
#define STATUS_BURST(status) ((status) >> 8 & 0xffff)

#define FIFO (TPM_REGISTERS + 0x24)
#define VENDOR (TPM_REGISTERS + 0xf00)

/* A bus without a device reads as all ones, some virtual ones as zeros. */
static bool is_nothing(uint32_t value)
{
	return !value || value == UINT32_MAX;
}

bool fifo_is_there(void)
{
	return read8(ACCESS) != UINT8_MAX &&
	       !(is_nothing(read32(TPM_REGISTERS + TPM_INTERFACE)) && is_nothing(read32(VENDOR)));
}

bool fifo_begin(void)
{
	const uint8_t ours = ACCESS_VALID | ACCESS_ACTIVE;

	write8(ACCESS, ACCESS_REQUEST);
	return wait8(ACCESS, ours, ours, CLOCK_REGISTER);
}

void fifo_end(void)
{
	write8(ACCESS, ACCESS_ACTIVE);
}

/* How many bytes may be moved now; 0 if there are none in time. */
static size_t burst(void)
{
	uint64_t end = clock_after(CLOCK_REGISTER);
	uint32_t n = STATUS_BURST(read32(STATUS));

	while (!n && !clock_passed(end))
		n = STATUS_BURST(read32(STATUS));
	return n;
}

static bool send(struct span command)
{
	size_t i = 0;

	while (i < command.len) {
		size_t n = burst(), stop = (size_t)lower(command.len, i + n);

		if (!n)
			return false;
		for (; i < stop; i++)
			write8(FIFO, command.p[i]);
	}
	/* It has understood how long the command is, and wants no more. */
	return wait8(STATUS, STATUS_VALID | STATUS_EXPECT, STATUS_VALID, CLOCK_REGISTER);
}

static bool receive(uint8_t *to, size_t size)
{
	size_t i = 0;

	while (i < size) {
		size_t n = burst(), stop = (size_t)lower(size, i + n);

		if (!n)
			return false;
		for (; i < stop; i++)
			to[i] = read8(FIFO);
	}
	return true;
}

static size_t receive_reply(uint8_t *reply)
{
	size_t size;

	if (!receive(reply, TPM2_HEADER))
		return 0;
	size = tpm2_reply_size((struct span){ reply, TPM2_HEADER });
	/* If there is more than it said, it is no reply. */
	if (!size || !receive(reply + TPM2_HEADER, size - TPM2_HEADER) ||
	    !wait8(STATUS, STATUS_VALID | STATUS_DATA, STATUS_VALID, CLOCK_REGISTER))
		return 0;
	return size;
}

/* A TPM that is late is left alone: to end its command is one more thing to wait for. */
size_t fifo_run(struct span command, uint8_t *reply)
{
	const uint8_t done = STATUS_VALID | STATUS_DATA;
	size_t size;

	write8(STATUS, STATUS_READY);
	if (!wait8(STATUS, STATUS_READY, STATUS_READY, CLOCK_REGISTER) || !send(command))
		return 0;
	write8(STATUS, STATUS_GO);
	if (!wait8(STATUS, done, done, CLOCK_COMMAND))
		return 0;
	size = receive_reply(reply);
	/* The reply was read, or does not matter. */
	write8(STATUS, STATUS_READY);
	return size;
}
