/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pagewalk.h - a look at every page of the machine: --deep.
 *
 * The counters of meminfo.h are what the kernel believes; this counts what its array of struct
 * page says, and which files have most of the page cache. It reads that whole array, 1.6 % of the
 * machine's memory, and nothing else of it.
 */
#ifndef KERNEL_PAGEWALK_H
#define KERNEL_PAGEWALK_H

#include "facts/facts.h"
#include "kernel/kernel.h"

/* Puts memory.page_use{} and memory.cached_files[], or why they are not known. The error says
 * what part of the array could not be read. */
const struct error *pagewalk_publish(const struct kernel *k, struct facts *f) MUST_CHECK;

#endif
