/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysinfo.h - the machine as a whole: memory, clocks, load, hardware, settings.
 *
 * Nearly all of it is variables of the kernel that have been where they are for ten years and
 * more; types are asked for as little as possible, and only for those in front of BTF.
 */
#ifndef KERNEL_SYSINFO_H
#define KERNEL_SYSINFO_H

#include "facts/facts.h"
#include "kernel/kernel.h"

/* Clocks of the machine when it stopped. */
struct sysinfo_clock {
	uint64_t realtime;  /* seconds since 1970, UTC */
	uint64_t monotonic; /* seconds since boot, without time asleep */
};

/* Finds both in the kernel's timekeeper by what they are to each other; false if that is not
 * to be had (before 3.19 there is no count of whole seconds). */
bool sysinfo_clock(const struct kernel *k, struct sysinfo_clock *out);

/* Puts system.*: memory, time, load, clock rate, command line, hardware, hypervisor, settings. */
void sysinfo_publish(const struct kernel *k, struct facts *f);

#endif
