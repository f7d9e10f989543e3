/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tasks.h - every thread of the dumped machine, the idle tasks of its CPUs included.
 */
#ifndef KERNEL_TASKS_H
#define KERNEL_TASKS_H

#include "kernel/cpus.h"
#include "kernel/list.h"

enum {
	TASK_COMM_LEN = 16,
};

struct task {
	uint64_t va; /* of its task_struct */
	int32_t pid; /* thread id */
	int32_t tgid;
	char comm[TASK_COMM_LEN]; /* NUL-terminated */
	uint32_t state;           /* as the kernel has it */
	uint32_t exit_state;
	uint32_t flags;   /* PF_*; with has_flags */
	uint64_t stack;   /* lowest address of its kernel stack; 0 not known */
	uint64_t sp;      /* as it was switched out: thread.sp; 0 not known */
	uint64_t mm;      /* 0: a kernel thread */
	uint64_t parent;  /* task_struct of its real parent; 0 not known */
	uint64_t signal;  /* shared by the threads of a process; 0 not known */
	uint32_t cpu;     /* that it ran on last; with has_cpu */
	uint64_t last_ns; /* when it last got a CPU, on the scheduler's clock; 0 not known */
	bool has_flags;
	bool has_cpu;
	bool is_idle;         /* the idle task of a CPU */
	const struct cpu *on; /* the CPU that it was running on, or NULL */
};

struct tasks {
	struct task *task; /* idle tasks by CPU, then in the order of the kernel's list */
	size_t count;
	struct va_set by_va;         /* numbers are those of the array */
	uint64_t newest_ns;          /* the latest last_ns of all: about when the machine died */
	const struct error *problem; /* why the list is not whole, or NULL */
};

/* When it began, in nanoseconds of the monotonic clock; false if that is not known. */
bool tasks_start(const struct kernel *k, const struct task *t, uint64_t *ns);

/* Reads all. An error means that there is no list to follow. */
const struct error *tasks_read(const struct kernel *k, const struct cpus *cpus,
			       struct tasks *out) MUST_CHECK;

/* One task, whether or not it is in the list. False if there is none at va. */
bool tasks_read_one(const struct kernel *k, const struct cpus *cpus, uint64_t va, struct task *out);

const struct task *tasks_at(const struct tasks *t, uint64_t va);  /* or NULL */
const struct task *tasks_pid(const struct tasks *t, int32_t pid); /* or NULL */

/* R S D T t X Z P I, as ps prints it, and NULL for states it has no letter for. */
const char *tasks_state(const struct task *t);

/* Kernel threads, idle tasks included. */
bool tasks_is_kthread(const struct task *t);

/* The task that panicked: what ran on the panic CPU. It may be missing from the list. */
bool tasks_find_panic(const struct kernel *k, const struct cpus *cpus, const struct tasks *t,
		      struct task *out);

#endif
