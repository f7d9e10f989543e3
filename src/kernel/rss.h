/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rss.h - how many pages each process has in memory.
 */
#ifndef KERNEL_RSS_H
#define KERNEL_RSS_H

#include "kernel/tasks.h"

struct rss {
	const struct task *task; /* the first one with that memory */
	int64_t pages;
};

/* Pages of an address space: of files, anonymous and shared ones. What its threads have not yet
 * added to it is not counted here. False if it is not known. */
bool rss_of(const struct kernel *k, const struct cpus *cpus, uint64_t mm, int64_t *pages);

/* Pages of t's address space, with what its threads have counted themselves (until 6.2). */
bool rss_of_task(const struct kernel *k, const struct cpus *cpus, const struct tasks *all,
		 const struct task *t, int64_t *pages);

/* The processes with most pages, at most max of them, largest first, into out. The number of
 * those; with *all the count of processes that were looked at. */
size_t rss_largest(const struct kernel *k, const struct cpus *cpus, const struct tasks *all,
		   struct rss *out, size_t max, size_t *looked_at);

#endif
