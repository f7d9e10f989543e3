/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "oops/events.h"

#include "oops/family.h"

#include <stdlib.h>
#include <string.h>

/* The same hang, said again: detectors repeat themselves while it lasts. */
static bool
is_repeated(const struct event *old, const struct event *e)
{
	if (old->kind != e->kind || old->boot != e->boot || old->class != e->class)
		return false;
	if (!str_is(old->function, e->function) || !str_is(old->module, e->module))
		return false;
	if (e->kind == KIND_SOFT_LOCKUP)
		return old->has_cpu == e->has_cpu && old->cpu == e->cpu;
	if (e->kind == KIND_WARNING)
		return str_is(old->detail, e->detail);
	return e->class == CLASS_HANG;
}

static struct event_panicker
copy_panicker(const struct event_panicker *p, struct arena *a)
{
	struct event_panicker copy = *p;

	copy.comm = str_copy(a, p->comm);
	copy.frame = ARENA_ARRAY(a, struct frame, p->frame_count);
	for (size_t i = 0; i < p->frame_count; i++) {
		struct frame *f = &copy.frame[i];

		*f = p->frame[i];
		f->function = str_copy(a, f->function);
		f->module = str_copy(a, f->module);
		f->build_id = str_copy(a, f->build_id);
		f->context = str_copy(a, f->context);
		f->file = str_copy(a, f->file);
	}
	return copy;
}

static bool
join_repeated(struct events *v, const struct event *e)
{
	for (size_t i = v->count; i > 0 && i + 16 > v->count; i--) {
		struct event *old = v->kept[i - 1].event;

		if (!is_repeated(old, e))
			continue;
		old->repeated++;
		if (e->has_seconds && e->seconds > old->seconds)
			old->seconds = e->seconds;
		if (e->panic.len != 0) {
			old->panic = str_copy(v->kept[i - 1].arena, e->panic);
			old->policy = e->policy;
			old->panicker = copy_panicker(&e->panicker, v->kept[i - 1].arena);
		}
		return true;
	}
	return false;
}

static struct event *
keep(const struct event *e, struct arena *texts)
{
	struct event *kept = ARENA_NEW(texts, struct event);

	*kept = *e;
	return kept;
}

enum {
	BROKEN_LINES = 200, /* between the halves of an oops that another report came between */
};

/* The die line of an oops whose head line stands further up, behind some other report: one
 * oops. The newer half knows all but what the head line says. */
static bool
join_broken(struct events *v, const struct event *e, struct arena *texts)
{
	struct event *old = NULL;
	size_t i = v->count;

	while (i > 0 && v->kept[i - 1].event->line + BROKEN_LINES >= e->line && old == NULL) {
		old = v->kept[--i].event;
		if (old->class != CLASS_FAULT || old->has_error_code || old->frame_count != 0 ||
		    old->boot != e->boot)
			old = NULL;
	}
	if (e->class != CLASS_DIE || e->kind != KIND_PAGE_FAULT || old == NULL)
		return false;

	struct event whole = *e;

	whole.kind = old->kind;
	whole.class = old->class;
	whole.head = str_copy(texts, old->head);
	whole.line = old->line;
	whole.ns = old->ns;
	whole.address = old->address;
	whole.has_address = old->has_address;
	whole.corrupted = true;
	arena_free(v->kept[i].arena);
	v->kept[i].event = keep(&whole, texts);
	v->kept[i].arena = texts;
	return true;
}

void
events_add(struct events *v, const struct event *e, struct arena *texts)
{
	if (join_repeated(v, e)) {
		arena_free(texts);
		return;
	}
	if (join_broken(v, e, texts))
		return;
	if (v->count == LIMIT_EVENTS) {
		size_t middle = LIMIT_EVENTS / 2;

		arena_free(v->kept[middle].arena);
		memmove(&v->kept[middle], &v->kept[middle + 1],
			(LIMIT_EVENTS - middle - 1) * sizeof(v->kept[0]));
		v->count--;
		v->dropped++;
	}
	v->kept[v->count].event = keep(e, texts);
	v->kept[v->count++].arena = texts;
}

struct event *
events_newest(struct events *v, unsigned classes, uint32_t boot)
{
	for (size_t i = v->count; i > 0; i--) {
		struct event *e = v->kept[i - 1].event;

		if (e->boot == boot && (e->class & classes))
			return e;
	}
	return NULL;
}

static int
by_line(const void *a, const void *b)
{
	const struct event *one = a;
	const struct event *two = b;

	return (one->line > two->line) - (one->line < two->line);
}

static void
free_texts(void *arena)
{
	arena_free(arena);
}

struct event *
events_finish(struct events *v)
{
	struct event *e = ARENA_ARRAY(v->arena, struct event, v->count);

	for (size_t i = 0; i < v->count; i++) {
		e[i] = *v->kept[i].event;
		arena_defer(v->arena, free_texts, v->kept[i].arena);
	}
	if (v->count != 0)
		qsort(e, v->count, sizeof(*e), by_line);
	return e;
}
