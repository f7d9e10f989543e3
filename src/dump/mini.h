/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mini.h - writes a mini vmcore: the pages that this run read, as a valid dump.
 *
 * The file is kdump-compressed, version 6, whatever the dump was: its notes and VMCOREINFO
 * are carried over as they are, pages that were asked for and not there are marked as what
 * they were, and all other pages are left out. Triage of the mini file reads the same pages
 * and so comes to the same report.
 */
#ifndef DUMP_MINI_H
#define DUMP_MINI_H

#include "dump/dump.h"

#include <stdio.h>

/* Writes to out, which can be sought in and starts at 0; sparse where nothing is. virt is
 * the kernel's virtual memory, or NULL: what makedumpfile --dump-dmesg needs beyond the pages
 * of this run is read through it and written too. */
const struct error *mini_write(struct dump *d, const struct memory *virt, FILE *out,
			       struct arena *a) MUST_CHECK;

#endif
