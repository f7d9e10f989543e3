/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * waits.h - what a sleeping task waits for, in words, by the functions on its stack.
 *
 * Two tables say it: the functions that wait (a mutex, a page, a grace period of RCU), and
 * those further out that say what for (the journal of ext4, an answer of an NFS server).
 */
#ifndef KERNEL_WAITS_H
#define KERNEL_WAITS_H

#include "kernel/locks.h"

struct wait {
	const char *what; /* "a mutex"; NULL: no function of the tables is on the stack */
	const struct task *who;
	const char *whose;   /* what for: "the journal of ext4"; or NULL */
	struct str in;       /* the function that waits, or that called what schedules */
	enum lock_type type; /* that the function waits for */
	struct lock lock;    /* with has_lock */
	bool has_lock;
};

struct waits;

/* Remembers what it was told about places, since many tasks wait in the same ones. */
struct waits *waits_new(struct unwind *u, struct locks *l, struct arena *a);

/* t is not running; s is its stack. */
void waits_find(struct waits *w, const struct task *t, const struct stack *s, struct wait *out);

/* The function that turns round for a spinlock is that of the frame. */
bool waits_is_spinning(struct waits *w, const struct stack *s, size_t level);

/* "a mutex: first [kdlab], held by kdlab_ba (105)". In the arena. */
const char *waits_text(const struct wait *w, struct arena *a);

#endif
