/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unwound.h - a task with its stack, and what it waits for.
 */
#ifndef KERNEL_UNWOUND_H
#define KERNEL_UNWOUND_H

#include "kernel/waits.h"

struct unwound {
	const struct task *task;
	struct stack stack;
	uint64_t hash;    /* of the stack; stacks that are the same have the same */
	size_t order;     /* in the list of tasks */
	double seconds;   /* since it last had a CPU; 0: not known */
	struct wait wait; /* of tasks that sleep */
};

#endif
