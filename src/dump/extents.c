/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/extents.h"

#include <stdlib.h>

/*
 * All ends of pieces cut the space into cells, which no piece covers in part. The pieces
 * are laid down best first, each on those of its cells that are still free; free[] leads
 * from a cell that is taken to the next that may be free (union-find with path halving),
 * so every cell is taken once and passed over in next to no time.
 */
struct work {
	uint64_t *cut; /* ascending */
	size_t cuts;
	uint32_t *owner; /* of the cell that starts at a cut, plus one; 0: none */
	uint32_t *free;
};

static int
compare_numbers(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static size_t
index_of(const struct work *w, uint64_t cut)
{
	const uint64_t *at = bsearch(&cut, w->cut, w->cuts, sizeof(cut), compare_numbers);

	return (size_t)(at - w->cut);
}

static bool
find_cuts(const struct piece *piece, size_t count, struct arena *a, struct work *w)
{
	size_t n = 0;

	w->cut = ARENA_TRY_ARRAY(a, uint64_t, 2 * count);
	if (w->cut == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (piece[i].from < piece[i].to) {
			w->cut[n++] = piece[i].from;
			w->cut[n++] = piece[i].to;
		}
	}
	qsort(w->cut, n, sizeof(w->cut[0]), compare_numbers);
	for (size_t i = 0; i < n; i++) {
		if (w->cuts == 0 || w->cut[w->cuts - 1] != w->cut[i])
			w->cut[w->cuts++] = w->cut[i];
	}
	w->owner = ARENA_TRY_ARRAY(a, uint32_t, w->cuts + 1);
	w->free = ARENA_TRY_ARRAY(a, uint32_t, w->cuts + 1);
	if (w->owner == NULL || w->free == NULL)
		return false;
	for (size_t i = 0; i <= w->cuts; i++)
		w->free[i] = (uint32_t)i;
	return true;
}

static uint32_t
next_free(struct work *w, uint32_t i)
{
	while (w->free[i] != i) {
		w->free[i] = w->free[w->free[i]];
		i = w->free[i];
	}
	return i;
}

static void
lay_down(struct work *w, const struct piece *p, uint32_t number)
{
	uint32_t end = (uint32_t)index_of(w, p->to);
	uint32_t i = next_free(w, (uint32_t)index_of(w, p->from));

	for (; i < end; i = next_free(w, i)) {
		w->owner[i] = number + 1;
		w->free[i] = i + 1;
	}
}

/* Cells of one piece in a row become one extent. */
static bool
collect(const struct work *w, struct arena *a, struct extents *out)
{
	size_t n = 0;

	for (size_t i = 0; i < w->cuts; i++)
		n += w->owner[i] != 0 && (i == 0 || w->owner[i] != w->owner[i - 1]);
	out->extent = ARENA_TRY_ARRAY(a, struct extent, n + 1);
	if (out->extent == NULL)
		return false;
	out->count = 0;
	for (size_t i = 0; i < w->cuts; i++) {
		struct extent *last = &out->extent[out->count - (out->count != 0)];

		if (w->owner[i] == 0)
			continue;
		if (i != 0 && w->owner[i] == w->owner[i - 1])
			last->to = w->cut[i + 1];
		else
			out->extent[out->count++] =
				(struct extent){ w->cut[i], w->cut[i + 1], w->owner[i] - 1 };
	}
	return true;
}

bool
extents_build(const struct piece *piece, size_t count, struct arena *a, struct extents *out)
{
	struct arena *mine = arena_new_temporary(a);
	struct work w = { 0 };
	bool ok = count < UINT32_MAX / 2 && find_cuts(piece, count, mine, &w);

	if (ok) {
		for (size_t i = 0; i < count; i++) {
			if (piece[i].from < piece[i].to)
				lay_down(&w, &piece[i], (uint32_t)i);
		}
		ok = collect(&w, a, out);
	}
	arena_free(mine);
	return ok;
}

const struct extent *
extents_find(const struct extents *e, uint64_t addr)
{
	size_t low = 0, high = e->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (e->extent[mid].to <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low < e->count ? &e->extent[low] : NULL;
}
