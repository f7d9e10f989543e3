/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * spinning.h - CPUs that turn round at a spinlock, and who may hold it.
 *
 * A spinlock does not say who holds it. But its holder must not sleep, so it is what one of the
 * CPUs runs: where all others are idle or in user mode, the CPU waits for itself.
 */
#ifndef KERNEL_SPINNING_H
#define KERNEL_SPINNING_H

#include "kernel/cpus.h"
#include "kernel/waits.h"

/* Where each CPU is: as many stacks as there are CPUs. */
struct spinning {
	struct unwind *unwind;
	struct waits *waits;
	struct locks *locks;
	const struct tasks *tasks;
	const struct cpus *cpus;
	const struct stack *stack;
};

/* Puts cpus[].spins_on of CPU number i, into its row, if it is one of those. */
void spinning_publish(const struct spinning *s, size_t i, struct fact_row *row, struct facts *f);

#endif
