/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cycles.h - who waits for himself in the end: cycles of a directed graph.
 *
 * Depth-first search with three colours: only a way back to a node that is still on the path is
 * a cycle. Two ways to one node (two waiters behind one owner, a diamond) are none.
 */
#ifndef KERNEL_CYCLES_H
#define KERNEL_CYCLES_H

#include "base/arena.h"

#include <stdint.h>

struct cycles_edge {
	uint32_t from, to; /* numbers of nodes */
};

/* Calls found() for every cycle that the search meets, with its members in the order of the
 * edges, until it returns false; no two of them end with the same edge. False if there was no
 * memory for the search. Edges are sorted in place. */
bool cycles_find(struct cycles_edge *edge, size_t edge_count, size_t node_count, struct arena *a,
		 bool (*found)(void *ctx, const uint32_t *member, size_t count), void *ctx);

#endif
