/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * taskfacts.h - what reports say of one task.
 */
#ifndef KERNEL_TASKFACTS_H
#define KERNEL_TASKFACTS_H

#include "kernel/unwind.h"

/* pid, comm, state ...: what costs nothing to know. */
void taskfacts_publish(const struct task *t, struct fact_row *row, struct origin o);

/* What the details of a task are taken from. */
struct taskfacts {
	const struct kernel *k;
	const struct cpus *cpus;
	const struct tasks *all;
	struct unwind *unwind;
	const struct task *task;
	const struct stack *stack; /* the task's */
};

/* The rest: user, parents, memory, the system call that it was in. */
void taskfacts_publish_details(const struct taskfacts *t, struct fact_row *row);

#endif
