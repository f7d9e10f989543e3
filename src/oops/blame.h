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

/* Sets function and module of e by the recipe of r; report_read() has been called. */
void blame_find(const struct skips *skips, const struct report *r, struct event *e);

/* The mark from which on stacks are those that the report is about. */
size_t blame_first_stack(const struct report *r);

#endif
