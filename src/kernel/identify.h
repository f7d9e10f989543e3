/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identify.h - what the dump has at an address: a slab object, a task's stack, a symbol, a per-CPU
 * variable, or only a page of some state.
 */
#ifndef KERNEL_IDENTIFY_H
#define KERNEL_IDENTIFY_H

#include "facts/facts.h"
#include "kernel/pageinfo.h"
#include "kernel/tasks.h"

struct identify {
	struct pages pages; /* with the kernel */
	const struct cpus *cpus;
	const struct tasks *tasks;
	uint64_t stack_len; /* bytes of a task's kernel stack; 0: not known */
};

/* The task on whose kernel stack va is, or NULL. */
const struct task *identify_stack(const struct identify *i, uint64_t va);

/* Where a CPU has its own variables: from, and up to. */
bool identify_percpu(const struct kernel *k, const struct cpu *c, uint64_t *from, uint64_t *to);

/* Puts the fact `id` of a row: what is at va. Nothing if that is nothing the kernel knows. */
void identify_put(const struct identify *i, uint64_t va, struct fact_row *row, enum fact_id id);

/* Puts what is at the address of the fault, and where the registers pointed. */
void identify_publish(const struct identify *i, struct facts *f);

/* Puts where the arguments of the faulting function point. */
void identify_publish_arguments(const struct identify *i, struct facts *f);

#endif
