/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stacks of exceptions.  Exceptions do not use the interrupted code's stack, since the
 * decompressors keep data below the stack pointer.
 */
#ifndef SHIM_PC_TASK_H
#define SHIM_PC_TASK_H

#include <stdbool.h>
#include <stdint.h>

/** task_load() - load the task register; exceptions begin on the first stack */
void task_load(void);

/**
 * task_next_stack() - let further exceptions use another stack, and keep this one
 *
 * A refusal runs on an exception's stack and may cause page faults, which map the memory
 * that it touches.  These must not overwrite its stack.
 *
 * Return: false where there is no further stack.
 */
bool task_next_stack(void);

/** task_guard() - the address of the page below stack @n, which must not be touched
 *  Return: 0 where there is no such stack. */
uint64_t task_guard(uint32_t n);

#endif
