/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blocked.h - tasks that wait and cannot be interrupted: what for, who could end it, and
 * whether they wait for one another.
 */
#ifndef KERNEL_BLOCKED_H
#define KERNEL_BLOCKED_H

#include "kernel/unwound.h"

/* State D. */
bool blocked_is(const struct task *t);

/* Puts tasks.blocked[], longest first, and tasks.wait_cycles[]. `total` is how many blocked
 * tasks there are, whether or not they are among the count of all. What is needed meanwhile is
 * taken from a. */
void blocked_publish(struct unwind *u, struct unwound *all, size_t count, size_t total,
		     struct arena *a, struct facts *f);

#endif
