/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/list.h"

#include <inttypes.h>

struct va_slot {
	uint64_t va; /* 0: free */
	size_t number;
};

static struct va_slot *
slot_of(const struct va_set *s, uint64_t va)
{
	size_t i = (size_t)(va * 0x9e3779b97f4a7c15ULL >> 20) & (s->cap - 1);

	while (s->slot[i].va != 0 && s->slot[i].va != va)
		i = (i + 1) & (s->cap - 1);
	return &s->slot[i];
}

static bool
grow(struct va_set *s, struct arena *a)
{
	/* Few at first: most sets are those of a walk along the threads of one process. */
	struct va_set more = { .cap = s->cap == 0 ? 8 : s->cap * 2, .count = s->count };

	more.slot = ARENA_TRY_ARRAY(a, struct va_slot, more.cap);
	if (more.slot == NULL)
		return false;
	for (size_t i = 0; i < s->cap; i++) {
		if (s->slot[i].va != 0)
			*slot_of(&more, s->slot[i].va) = s->slot[i];
	}
	*s = more;
	return true;
}

bool
va_set_find(const struct va_set *s, uint64_t va, size_t *number)
{
	if (s->cap == 0 || va == 0 || slot_of(s, va)->va != va)
		return false;
	*number = slot_of(s, va)->number;
	return true;
}

bool
va_set_has(const struct va_set *s, uint64_t va)
{
	size_t number = 0;

	return va_set_find(s, va, &number);
}

bool
va_set_add(struct va_set *s, uint64_t va, struct arena *a)
{
	if (va == 0 || va_set_has(s, va))
		return false;
	if (s->count >= s->cap / 2 && !grow(s, a))
		return false;
	*slot_of(s, va) = (struct va_slot){ va, s->count++ };
	return true;
}

struct list_walk
list_walk_from(const struct memory *mem, uint64_t head, size_t limit, const char *what,
	       struct arena *a)
{
	return (struct list_walk){
		.mem = mem, .arena = a, .head = head, .node = head, .limit = limit, .what = what
	};
}

/* The node behind or before the last one; 0 if there is none to go to. */
static uint64_t
neighbour(struct list_walk *w)
{
	uint64_t next = 0;
	uint64_t link = w->node + (w->backwards ? w->mem->word_len : 0);
	const struct error *e = memory_word(w->mem, link, &next);

	if (e != NULL) {
		w->problem = error_wrap(w->arena, e, "the %s breaks off after %zu entries", w->what,
					w->count);
		return 0;
	}
	if (next == w->head)
		return next;
	if (next % w->mem->word_len != 0 || next == 0 || va_set_has(&w->seen, next)) {
		w->problem = error_new(w->arena, ERROR_CORRUPT,
				       "the %s is broken: entry %zu leads to 0x%" PRIx64, w->what,
				       w->count, next);
		return 0;
	}
	return next;
}

/* From the front until something is wrong, then from the end until what was seen. */
static uint64_t
step(struct list_walk *w)
{
	const struct error *first = NULL;
	uint64_t next = neighbour(w);

	if (next != 0 || w->backwards)
		return next;
	first = w->problem;
	w->backwards = true;
	w->node = w->head;
	next = neighbour(w);
	w->problem = first;
	return next;
}

bool
list_next(struct list_walk *w, uint64_t *node)
{
	const struct error *before = w->problem;
	uint64_t next = w->ended ? 0 : step(w);

	/* What stops the way back is either known from the way there or no news. */
	if (before != NULL)
		w->problem = before;
	if (next == 0 || next == w->head) {
		w->ended = true;
		return false;
	}
	if (w->count >= w->limit || budget_expired(arena_budget(w->arena)) ||
	    !va_set_add(&w->seen, next, w->arena)) {
		w->problem = error_new(
			w->arena, ERROR_LIMIT,
			w->count >= w->limit ? "the %s has more than %zu entries"
					     : "no time or memory is left for the rest of the %s, "
					       "after %zu entries",
			w->what, w->count);
		w->ended = true;
		return false;
	}
	w->node = next;
	w->count++;
	*node = next;
	return true;
}

bool
list_is_absent(const struct list_walk *w)
{
	return w->count == 0 && w->problem != NULL && w->problem->code == ERROR_ABSENT;
}
