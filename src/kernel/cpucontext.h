/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpucontext.h - what a CPU was doing when it was stopped: a task's work or an interrupt's, and
 * whether interrupts could reach it.
 */
#ifndef KERNEL_CPUCONTEXT_H
#define KERNEL_CPUCONTEXT_H

#include "kernel/unwind.h"

struct cpucontext {
	const char *context;    /* task softirq hardirq nmi; NULL: not known */
	const char *interrupts; /* on off; NULL: not known */
	size_t level;           /* the frame that it was in */
};

/* What stopped the CPU is not what it was doing: of a stack that begins with it, the part behind
 * it counts. */
struct cpucontext cpucontext_of(struct unwind *u, const struct cpu *c, const struct stack *s,
				bool panicked);

/* In words, what a task was doing there: "dd (101), FIFO, in memcpy, with interrupts off". */
const char *cpucontext_words(const struct cpucontext *ctx, struct unwind *u, const struct stack *s,
			     const struct task *t, const char *policy);

void cpucontext_publish(const struct cpucontext *ctx, struct fact_row *row);

#endif
