/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * taskcontext.h - on whose behalf a task ran, and in which surroundings: its program, working
 * directory, credentials, scheduling, control group and namespaces.
 */
#ifndef KERNEL_TASKCONTEXT_H
#define KERNEL_TASKCONTEXT_H

#include "facts/facts.h"
#include "kernel/tasks.h"

void taskcontext_publish(const struct kernel *k, const struct task *t, struct fact_row *row);

/* NORMAL FIFO RR BATCH IDLE DEADLINE EXT, or NULL. */
const char *taskcontext_policy(uint32_t policy);

/* Puts priority and policy, into any row that has them. */
void taskcontext_publish_scheduling(const struct kernel *k, const struct task *t,
				    struct fact_row *row);

#endif
