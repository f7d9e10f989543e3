/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wait_graph.h - who waits for whom, drawn.
 *
 * A task waits for one lock, which has one owner: every task has at most one arrow out of it.
 * So what hangs together is either a tree, at whose root is a task that waits for nobody, or
 * trees that lead to a circle, which is a deadlock. Roots and circles stand at the right, what
 * waits for them to the left.
 */
#ifndef REPORT_WAIT_GRAPH_H
#define REPORT_WAIT_GRAPH_H

#include "facts/facts.h"

/* An <svg> element whose texts are escaped; false if no task is known to wait for another. */
bool wait_graph_draw(const struct fact_row *root, struct arena *a, struct str *out);

#endif
