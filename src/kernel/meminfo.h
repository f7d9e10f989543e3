/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * meminfo.h - where the memory of the machine was: memory.*, with one sentence that says what
 * ate it if it was short.
 *
 * All of it comes from counters; no page is looked at.
 */
#ifndef KERNEL_MEMINFO_H
#define KERNEL_MEMINFO_H

#include "facts/facts.h"
#include "kernel/tasks.h"

/* Puts memory.*. What could not be read is said; the rest stands. */
const struct error *meminfo_publish(const struct kernel *k, const struct cpus *cpus,
				    const struct tasks *tasks, struct facts *f) MUST_CHECK;

#endif
