/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stacks.h - which stacks a report shows: of the task that panicked, of every CPU, of tasks
 * that are blocked, of groups of tasks that wait in the same place.
 */
#ifndef KERNEL_STACKS_H
#define KERNEL_STACKS_H

#include "kernel/crosscheck.h"
#include "kernel/waits.h"

struct stacks {
	const struct kernel *k;
	const struct cpus *cpus;
	const struct tasks *tasks;
	struct unwind *unwind;
	bool all;            /* every task's stack, in tasks.all[] */
	struct locks *locks; /* the last two by stacks_open() */
	struct waits *waits;
};

/* Fills in the rest, once the others are there. */
void stacks_open(struct stacks *s);

/* The task that panicked: by the CPU that did; else the one that panic() is on the stack of.
 * pid is what the log says, 0 if nothing. False if it is not known. */
bool stacks_find_panic(const struct stacks *s, int32_t pid, struct task *out);

/* Puts panic.cpu, panic.task and backtrace, which replaces one from the log unless nothing of
 * the stack can be followed. panic is what stacks_find_panic() found; log is what the log says
 * of that task, or NULL. The result is where stack and log differ, or NULL. */
const struct error *stacks_publish_panic(const struct stacks *s, const struct task *panic,
					 const struct crosscheck_log *log, struct facts *f);

/* Puts system.cpus, system.cpus_online and cpus[]. */
void stacks_publish_cpus(const struct stacks *s, struct facts *f);

/* Puts tasks.*: counts, blocked tasks, deadlocks, groups, with `all` every task. */
void stacks_publish_tasks(const struct stacks *s, struct facts *f);

/* Puts verdict.backtrace: the stack of the blamed task, where that is not the one that
 * panicked. Nothing if there is no such task any more. */
void stacks_publish_blamed(const struct stacks *s, int32_t pid, const struct task *panic,
			   struct facts *f);

#endif
