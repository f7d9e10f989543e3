/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blame.h - which frame names the crash.
 *
 * Every kind of report has a recipe: where to begin (program counter, head line, trace),
 * and which lists of names to pass over besides the plumbing (skips.h).
 */
#ifndef OOPS_BLAME_H
#define OOPS_BLAME_H

#include "oops/report.h"
#include "oops/skips.h"

enum blame_recipe {
	BLAME_NONE,  /* no frame names it */
	BLAME_PC,    /* the program counter, then the trace behind it */
	BLAME_TRACE, /* the first trace */
	BLAME_HEAD,  /* the function in the head line, then the first trace */
	BLAME_HUNG,  /* the trace of a task that waits */
	BLAME_STALL, /* what a CPU was busy with when the detector came */
};

/* Sets function and module of e; report_read() has been called. */
void blame_find(const struct skips *skips, enum blame_recipe recipe, const struct report *r,
		struct event *e);

#endif
