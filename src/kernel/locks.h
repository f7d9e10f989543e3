/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * locks.h - which lock a task waits for, and who holds it.
 *
 * No debuginfo says where a function keeps its lock. But who sleeps for one has put a waiter on
 * its own stack that names the task and is linked into the lock's list; so the waiter is found
 * by the task's address, and the lock by following the list to the one node that is on nobody's
 * stack. All that is needed of types are the members of mutex, rw_semaphore and the like, which
 * stand in the first pages of BTF. Kernels since 6.15 note the lock in the task as well.
 *
 * What is found is checked: the owner has to be a task, or nobody.
 */
#ifndef KERNEL_LOCKS_H
#define KERNEL_LOCKS_H

#include "kernel/tasks.h"
#include "kernel/unwind.h"

enum lock_type {
	LOCK_NONE,
	LOCK_MUTEX,
	LOCK_RWSEM_READ,
	LOCK_RWSEM_WRITE,
	LOCK_SEMAPHORE,
	LOCK_COMPLETION,
	LOCK_WAIT_QUEUE,
	LOCK_PAGE,
	LOCK_SPINLOCK,
	LOCK_TYPES,
};

struct lock {
	enum lock_type type;
	uint64_t va;       /* 0: not known */
	struct str symbol; /* "first", "table+0x40"; empty if it is in none */
	struct str module; /* of the symbol */
	struct str object; /* what it is part of, in words: "mmap_lock of tail (102)"; or empty */
	const struct task *owner; /* NULL: nobody, or not known */
	bool owner_known;         /* the lock says who holds it, or that nobody does */
	bool owner_gone;          /* its owner is no task any more */
	bool by_readers;          /* readers hold it; owner is the last one that took it */
	uint64_t readers;         /* how many; 0: not known */
};

struct locks;

/* stack_len is that of every task's stack. */
struct locks *locks_new(const struct kernel *k, const struct tasks *tasks, uint64_t stack_len);

/* The frame of the function that waits, on the stack of the task. */
struct locks_frame {
	uint64_t from, to; /* to 0: not known */
};

/* The lock of that type that a sleeping task waits for. False if it is not found. */
bool locks_find(struct locks *l, const struct task *t, enum lock_type type,
		const struct locks_frame *frame, struct lock *out);

/* The spinlock that a CPU turns round at, by the registers that it had there. */
bool locks_find_spinning(struct locks *l, const struct regs *r, struct lock *out);

/* "mutex", "rwsem" ... as reports have it. */
const char *locks_type(enum lock_type type);

/* The name in words for a person: its symbol, its object, or its address. In the arena. */
const char *locks_name(const struct lock *l, struct arena *a);

#endif
