/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * runnable.h - tasks that want to run and wait for a CPU, by the CPU whose queue they are in.
 */
#ifndef KERNEL_RUNNABLE_H
#define KERNEL_RUNNABLE_H

#include "facts/facts.h"
#include "kernel/tasks.h"

struct runnable;

/* Finds them all. */
struct runnable *runnable_find(const struct kernel *k, const struct tasks *all);

/* Puts cpus[].runnable and cpus[].waiting[] into the row of a CPU. */
void runnable_publish(const struct runnable *r, const struct cpu *c, struct fact_row *row);

#endif
