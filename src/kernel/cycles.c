/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/cycles.h"

#include <stdlib.h>

enum colour {
	WHITE, /* not met */
	GREY,  /* on the path */
	BLACK, /* done with */
};

struct search {
	const struct cycles_edge *edge;
	size_t edge_count;
	size_t *first; /* of each node's edges; one more for the end */
	size_t *next;  /* edge to follow, of each node */
	uint8_t *colour;
	uint32_t *path;
	size_t depth;
};

static int
by_start(const void *a, const void *b)
{
	const struct cycles_edge *x = a;
	const struct cycles_edge *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

static void
enter(struct search *s, uint32_t node)
{
	s->colour[node] = GREY;
	s->next[node] = s->first[node];
	s->path[s->depth++] = node;
}

static size_t
place_on_path(const struct search *s, uint32_t node)
{
	size_t i = s->depth;

	while (i > 0 && s->path[i - 1] != node)
		i--;
	return i - 1;
}

/* Everything that can be reached from a node. False: found() has had enough. */
static bool
search_from(struct search *s, uint32_t start,
	    bool (*found)(void *ctx, const uint32_t *member, size_t count), void *ctx)
{
	enter(s, start);
	while (s->depth != 0) {
		uint32_t node = s->path[s->depth - 1];

		if (s->next[node] == s->first[node + 1]) {
			s->colour[node] = BLACK;
			s->depth--;
			continue;
		}

		uint32_t to = s->edge[s->next[node]++].to;

		if (s->colour[to] == WHITE) {
			enter(s, to);
		} else if (s->colour[to] == GREY) {
			size_t from = place_on_path(s, to);

			if (!found(ctx, s->path + from, s->depth - from))
				return false;
		}
	}
	return true;
}

/* Sorted, without edges that are there twice, and to or from nowhere. */
static size_t
tidy(struct cycles_edge *edge, size_t count, size_t nodes)
{
	size_t kept = 0;

	if (count != 0)
		qsort(edge, count, sizeof(edge[0]), by_start);
	for (size_t i = 0; i < count; i++) {
		bool again = kept != 0 && by_start(&edge[kept - 1], &edge[i]) == 0;

		if (!again && edge[i].from < nodes && edge[i].to < nodes)
			edge[kept++] = edge[i];
	}
	return kept;
}

bool
cycles_find(struct cycles_edge *edge, size_t edge_count, size_t node_count, struct arena *a,
	    bool (*found)(void *ctx, const uint32_t *member, size_t count), void *ctx)
{
	struct search s = { .edge = edge,
			    .first = ARENA_TRY_ARRAY(a, size_t, node_count + 1),
			    .next = ARENA_TRY_ARRAY(a, size_t, node_count + 1),
			    .colour = ARENA_TRY_ARRAY(a, uint8_t, node_count + 1),
			    .path = ARENA_TRY_ARRAY(a, uint32_t, node_count + 1) };

	if (s.first == NULL || s.next == NULL || s.colour == NULL || s.path == NULL)
		return false;
	s.edge_count = tidy(edge, edge_count, node_count);
	for (size_t node = 0, e = 0; node <= node_count; node++) {
		while (e < s.edge_count && edge[e].from < node)
			e++;
		s.first[node] = e;
	}
	for (uint32_t node = 0; node < node_count; node++) {
		if (s.colour[node] == WHITE && !search_from(&s, node, found, ctx))
			break;
	}
	return true;
}
