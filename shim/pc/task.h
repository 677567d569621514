/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The stacks of exceptions.  They are not the interrupted code's, since the decompressors
 * keep data below the stack pointer.
 */
#ifndef SHIM_PC_TASK_H
#define SHIM_PC_TASK_H

#include <stdbool.h>

/** task_load() - load the task register; exceptions begin on the first stack */
void task_load(void);

/**
 * task_next_stack() - keep the stack that is in use, and let further exceptions use the next
 *
 * For a refusal: the memory that it touches may have to be mapped, by a page fault, while
 * it still needs its own stack.
 *
 * Return: false where there is no further stack.
 */
bool task_next_stack(void);

#endif
