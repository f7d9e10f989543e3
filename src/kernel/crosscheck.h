/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crosscheck.h - two witnesses of one stack: what the kernel printed when it died, and what its
 * memory holds. They were made independently, by the kernel's unwinder and by ours.
 *
 * The dying task goes on after it printed (to panic(), to the dump), so the two differ on the
 * inside: from the outermost frame of the log on they have to be the same as far as the log
 * goes, or up to a function that has since called something else.
 */
#ifndef KERNEL_CROSSCHECK_H
#define KERNEL_CROSSCHECK_H

#include "kernel/unwind.h"

/* What the log says of the task. */
struct crosscheck_log {
	const struct frame *frame; /* innermost first */
	size_t count;
	const struct frame *at; /* where the registers are of; its function may be empty */
	const struct regs *regs;
};

struct crosscheck {
	size_t frames;               /* of the log's that are on the stack, too */
	size_t registers;            /* that are the same in both; 0: they were not compared */
	struct regs saved;           /* those of the log's place, from the stack; none: not found */
	const struct error *differs; /* where the two tell different stories, or NULL */
};

/* False if there is nothing to compare: a stack that is not whole, a log without a trace. */
bool crosscheck_stack(struct unwind *u, const struct task *t, const struct stack *s,
		      const struct crosscheck_log *log, struct crosscheck *out);

#endif
