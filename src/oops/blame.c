/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/blame.h"

#include "model/names.h"
#include "oops/trace.h"

struct search {
	const struct skips *skips;
	const struct report *report;
	const char *list; /* of names to pass over besides the plumbing, or NULL */
};

static bool
is_plumbing(const struct search *s, const struct frame *f)
{
	struct str name = names_plain(f->function);

	if (name.len == 0)
		return true;
	return skips_has(s->skips, "plumbing", name) ||
	       skips_has(s->skips, "plumbing", names_canonical(name)) ||
	       (s->list != NULL && skips_has(s->skips, s->list, name));
}

static bool
is_candidate(const struct mark *m)
{
	return (m->kind == MARK_FRAME && m->frame.reliable) || m->kind == MARK_PC;
}

/* The first frame from a mark on that is not plumbing; up to the next stack. */
static const struct frame *
first_guilty(const struct search *s, size_t from)
{
	for (size_t i = from; i < s->report->mark_count; i++) {
		const struct mark *m = &s->report->mark[i];

		if (m->kind == MARK_STACK)
			return NULL;
		if (is_candidate(m) && !is_plumbing(s, &m->frame))
			return &m->frame;
	}
	return NULL;
}

static size_t
find_mark(const struct report *r, enum mark_kind kind)
{
	size_t i = 0;

	while (i < r->mark_count && r->mark[i].kind != kind)
		i++;
	return i;
}

static bool
head_frame(const struct report *r, struct frame *f)
{
	struct str s = r->head_count == 0 ? (struct str){ NULL, 0 }
					  : r->head[0].captures.field[FIELD_FUNCTION];

	*f = (struct frame){ .reliable = true };
	if (s.len == 0)
		return false;
	if (!trace_take_symbol(&s, f))
		f->function = s;
	return true;
}

static void
put(struct event *e, const struct frame *f)
{
	if (f == NULL)
		return;
	e->function = names_canonical(f->function);
	e->module = f->module;
}

void
blame_find(const struct skips *skips, enum blame_recipe recipe, const struct report *r,
	   struct event *e)
{
	struct search s = { .skips = skips, .report = r };
	struct frame head;

	switch (recipe) {
	case BLAME_NONE:
		break;
	case BLAME_HUNG:
		s.list = "waiting";
		put(e, first_guilty(&s, find_mark(r, MARK_TRACE)));
		break;
	case BLAME_HEAD:
		if (head_frame(r, &head) && !is_plumbing(&s, &head)) {
			put(e, &head);
			break;
		}
		put(e, first_guilty(&s, 0));
		break;
	case BLAME_PC:
	case BLAME_STALL:
		put(e, first_guilty(&s, 0));
		break;
	case BLAME_TRACE:
		put(e, first_guilty(&s, find_mark(r, MARK_TRACE)));
		break;
	}
}
