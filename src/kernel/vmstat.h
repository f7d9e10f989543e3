/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vmstat.h - the kernel's own counters of memory.
 *
 * They are arrays of numbers without names; the kernel has their names beside them, for
 * /proc/vmstat, and these tell which is which without a type being known. The counters are
 * those that all CPUs share: each CPU may hold back some pages more or less, 125 at most.
 */
#ifndef KERNEL_VMSTAT_H
#define KERNEL_VMSTAT_H

#include "kernel/kernel.h"

struct vmstat;

/* ERROR_ABSENT if the kernel does not have them where they are looked for. */
const struct error *vmstat_open(const struct kernel *k, struct arena *a,
				struct vmstat **out) MUST_CHECK;

/* A counter by its name in /proc/vmstat: "nr_free_pages". In pages, or what else the kernel
 * counts it in. False if there is none. */
bool vmstat_find(const struct vmstat *v, const char *name, uint64_t *count);

#endif
