/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the unit tests need: checks that count, and a world without a machine, in
 * which memory is what the test put there and a refusal comes back to the test.
 * Host program under ASan and UBSan.
 */
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/say.h"

/** CHECK() - a condition that must hold; a test goes on after it failed */
#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)
/** CHECK_TEXT() - a text that must contain another */
#define CHECK_TEXT(text, part) check_text((text), (part), __FILE__, __LINE__)
/** CHECK_EQUAL() - two numbers that must be the same */
#define CHECK_EQUAL(a, b) check_equal((uint64_t)(a), (uint64_t)(b), #a, __FILE__, __LINE__)

void check(bool ok, const char *what, const char *file, int line);
void check_text(const char *text, const char *part, const char *file, int line);
void check_equal(uint64_t a, uint64_t b, const char *what, const char *file, int line);

/** struct test - a named test; every file of tests ends in an array of them */
struct test {
	const char *name;
	void (*run)(void);
};

extern const struct test map_tests[], format_tests[], multiboot_tests[], linux_tests[],
	kernel_tests[], acpi_tests[], place_tests[], identity_tests[], efimap_tests[],
	fixture_tests[], errors_tests[], unpack_tests[], pvh_tests[], xenpv_tests[], notes_tests[],
	kernel_end_tests[], vmlinux_tests[], divide_tests[], volume_tests[], sum_tests[],
	text_tests[], cmdline_tests[], leave_tests[], serial_tests[], smbios_tests[],
	measure_tests[], extra_tests[], seal_tests[], hash_tests[], tpm2_tests[], tpmlog_tests[];

/** world_reset() - no memory, nothing said */
void world_reset(void);

/** world_sum() - set the byte at @at so that all @n sum to 0, as ACPI and SMBIOS want */
void world_sum(uint8_t *p, size_t n, size_t at);

/** world_put() - memory with these bytes at an address; kept in a block of its own,
 *  so that a read behind its end is seen.  Return: the bytes, to be changed. */
uint8_t *world_put(uint64_t base, const void *bytes, size_t size);

/** world_low() - memory below 4 GiB whose addresses are its own, for what is written */
uint8_t *world_low(size_t size);

/** world_forbid() - note each look at these addresses, until the next reset */
void world_forbid(uint64_t base, uint64_t end);

/** world_trespassed() - whether forbidden addresses were looked at */
bool world_trespassed(void);

/** world_vectors() - forbid some of machine_vectors()'s instructions, until the next reset */
void world_vectors(uint32_t without);

/** world_said() - everything that say() and die() printed since the reset */
const char *world_said(void);

/** DIES_WITH() - run a statement; the error that it refused with, 0 where it did not */
#define DIES_WITH(statement) (setjmp(world_refusal) ? world_error() : ((void)(statement), 0))
extern jmp_buf world_refusal;

/** world_error() - the number of the last refusal's line */
int world_error(void);

/** world_take_refusal() - the same, and its words; the line then counts as not said */
int world_take_refusal(char *text, size_t size);

#endif
