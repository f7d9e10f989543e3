/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/case.h"

#include "model/names.h"
#include "verdict/operand.h"

#include <time.h>

enum {
	ROWS_MAX = 2000, /* of one case */
};

/* A row, and what is to be put into it. */
struct pending {
	struct fact_row *row;
	const struct node *map;
	struct str prefix; /* of every path in it, its dot included, or empty */
	struct pending *next;
};

struct writing {
	struct arena *arena;
	struct facts *facts;
	struct node_problem *why;
	struct pending *pending;
	size_t rows;
};

static const struct origin written = { ORIGIN_LOG, "written case" };
static const struct str no_prefix = { NULL, 0 };

static bool
refuse(struct writing *w, const struct node *n, const char *text)
{
	*w->why = (struct node_problem){ n->line, n->column, text };
	return false;
}

static bool
put_numeric(struct fact_row *row, enum fact_id id, struct str key, enum fact_kind kind,
	    long double v, struct arena *a)
{
	bool named = facts_info(id)->form == FACT_FORM_MAP;

	if (kind == FACT_KIND_ADDRESS && named)
		facts_put_address_named(row, id, str_c(a, key), (uint64_t)v, written);
	else if (kind == FACT_KIND_ADDRESS)
		facts_put_address(row, id, (uint64_t)v, written);
	else if (kind == FACT_KIND_NUMBER && named)
		facts_put_number_named(row, id, str_c(a, key), (int64_t)v, written);
	else if (kind == FACT_KIND_NUMBER)
		facts_put_number(row, id, (int64_t)v, written);
	else if (kind == FACT_KIND_REAL)
		facts_put_real(row, id, (double)v, written);
	else
		facts_put_time(row, id, (int64_t)v, written);
	return true;
}

static bool
is_in_range(enum fact_kind kind, long double v)
{
	if (kind == FACT_KIND_ADDRESS)
		return v >= 0 && v < 18446744073709551616.0L;
	return v > -9.2e18L && v < 9.2e18L;
}

/* As reports have it, "2024-01-31T00:00:00Z". */
static bool
take_time(struct str s, struct arena *a, long double *out)
{
	struct tm tm = { 0 };
	const char *end = strptime(str_c(a, s), "%Y-%m-%dT%H:%M:%SZ", &tm);

	if (end == NULL || *end != 0)
		return false;
	*out = (long double)timegm(&tm);
	return true;
}

static bool
put_one(struct writing *w, struct fact_row *row, enum fact_id id, struct str key,
	const struct node *n)
{
	enum fact_kind kind = facts_info(id)->kind;
	long double v = 0;

	if (n->type != NODE_TEXT)
		return refuse(w, n, "one value is expected here");
	if (kind == FACT_KIND_TEXT) {
		facts_put_text(row, id, n->text, written);
		return true;
	}
	if (kind == FACT_KIND_BOOL) {
		bool yes = str_is_c(n->text, "true");

		if (!yes && !str_is_c(n->text, "false"))
			return refuse(w, n, "this fact is true or false");
		facts_put_bool(row, id, yes, written);
		return true;
	}
	if (kind == FACT_KIND_TIME && take_time(n->text, w->arena, &v))
		return put_numeric(row, id, key, kind, v, w->arena);
	if (!operand_number(n->text, &v) || !is_in_range(kind, v))
		return refuse(w, n, "this fact is a number");
	return put_numeric(row, id, key, kind, v, w->arena);
}

static bool
add_row(struct writing *w, struct fact_row *row, struct str prefix, const struct node *map)
{
	struct pending *p = ARENA_NEW(w->arena, struct pending);

	if (map->type != NODE_MAP)
		return refuse(w, map, "a row is a map: { path: value }");
	if (w->rows++ == ROWS_MAX)
		return refuse(w, map, "a case has at most 2000 rows");
	*p = (struct pending){ row, map, prefix, w->pending };
	w->pending = p;
	return true;
}

/* The fatal event is one of the events. */
static struct fact_row *
row_for(struct writing *w, struct fact_row *row, enum fact_id id)
{
	if (id == FACT_EVENT && !facts_known(row, id))
		facts_put_alias(row, id, facts_put_row(row, FACT_EVENTS, written), written);
	(void)w;
	return facts_put_row(row, id, written);
}

static bool
put_rows(struct writing *w, struct fact_row *row, enum fact_id id, const struct node *n)
{
	if (n->type != NODE_LIST)
		return add_row(w, row_for(w, row, id), no_prefix, n);
	if (n->count == 0)
		facts_put_empty(row, id, written);
	for (const struct node *m = n->child; m != NULL; m = m->next) {
		if (!add_row(w, row_for(w, row, id), no_prefix, m))
			return false;
	}
	return true;
}

static bool
put_map(struct writing *w, struct fact_row *row, enum fact_id id, const struct node *n)
{
	for (const struct node *m = n->child; m != NULL; m = m->next) {
		if (!put_one(w, row, id, m->key, m))
			return false;
	}
	return true;
}

static bool
put_values(struct writing *w, struct fact_row *row, enum fact_id id, struct str key,
	   const struct node *n)
{
	if (n->type != NODE_LIST)
		return put_one(w, row, id, key, n);
	if (facts_info(id)->form != FACT_FORM_LIST)
		return refuse(w, n, "this fact is no list");
	if (n->count == 0)
		facts_put_empty(row, id, written);
	for (const struct node *m = n->child; m != NULL; m = m->next) {
		if (!put_one(w, row, id, key, m))
			return false;
	}
	return true;
}

static const struct node *
unknown_why(const struct node *n)
{
	return n->type == NODE_MAP && n->count == 1 ? node_find(n, "unknown") : NULL;
}

static bool
no_such_fact(struct writing *w, enum fact_shape shape, struct str path, const struct node *n)
{
	const char *near = facts_nearest_path(w->arena, shape, path);
	const char *hint = near == NULL ? "" : arena_printf(w->arena, "; did you mean '%s'?", near);

	*w->why = (struct node_problem){ n->key_line, n->key_column,
					 arena_printf(w->arena, "no fact is called '%.*s'%s",
						      STR_ARG(path), hint) };
	return false;
}

static bool
put_fact(struct writing *w, struct fact_row *row, struct str prefix, const struct node *n)
{
	struct fact_path path = { .count = 0 };
	const char *full = arena_printf(w->arena, "%.*s%.*s", STR_ARG(prefix), STR_ARG(n->key));

	if (!facts_find_path(row->shape, str_of(full), &path)) {
		if (n->type == NODE_MAP && facts_is_prefix(row->shape, str_of(full)))
			return add_row(w, row, str_of(arena_printf(w->arena, "%s.", full)), n);
		return no_such_fact(w, row->shape, str_of(full), n);
	}
	for (size_t i = 0; i + 1 < path.count; i++)
		row = row_for(w, row, path.step[i]);

	enum fact_id id = path.step[path.count - 1];
	const struct node *why = unknown_why(n);

	if (why != NULL) {
		facts_put_why(row, id,
			      error_new(w->arena, ERROR_ABSENT, "%.*s", STR_ARG(why->text)));
		return true;
	}
	if (facts_info(id)->kind == FACT_KIND_ROW)
		return put_rows(w, row, id, n);
	if (facts_info(id)->form == FACT_FORM_MAP && path.key.len == 0)
		return put_map(w, row, id, n);
	return put_values(w, row, id, path.key, n);
}

static bool
is_true(const struct fact_row *row, enum fact_id id)
{
	const struct fact *f = facts_get(row, id);

	return f->count != 0 && f->values[0].flag;
}

static void
put_new(struct fact_row *event, enum fact_id list, struct str name)
{
	const struct fact *all = facts_get(event, list);

	for (size_t i = 0; i < all->count; i++) {
		if (str_is(all->values[i].text, name))
			return;
	}
	facts_put_text(event, list, name, written);
}

static void
put_names(struct fact_row *event, const struct fact_row *from, enum fact_id function,
	  enum fact_id module)
{
	struct str name = { NULL, 0 };

	if (facts_get_text(from, function, &name))
		put_new(event, EVENT_FUNCTIONS, names_plain(name));
	if (facts_get_text(from, module, &name))
		put_new(event, EVENT_MODULES, name);
}

/* Reports do not print event.functions and event.modules, which are made of what they print: so
 * they are here. */
static void
complete_event(struct fact_row *event)
{
	const struct fact *trace = facts_get(event, EVENT_TRACE);

	if (trace->count == 0 || facts_known(event, EVENT_FUNCTIONS))
		return;
	put_names(event, event, EVENT_FUNCTION, EVENT_MODULE);
	for (size_t i = 0; i < trace->count; i++) {
		if (is_true(trace->values[i].row, FRAME_RELIABLE))
			put_names(event, trace->values[i].row, FRAME_FUNCTION, FRAME_MODULE);
	}
}

static void
complete_events(struct facts *f)
{
	const struct fact *events = facts_get(facts_root_const(f), FACT_EVENTS);

	for (size_t i = 0; i < events->count; i++)
		complete_event(events->values[i].row);
}

struct facts *
case_facts(const struct node *map, struct arena *a, struct node_problem *why)
{
	struct writing w = { .arena = a, .facts = facts_new(a), .why = why };

	if (!add_row(&w, facts_root(w.facts), no_prefix, map))
		return NULL;
	while (w.pending != NULL) {
		struct pending *p = w.pending;

		w.pending = p->next;
		for (const struct node *n = p->map->child; n != NULL; n = n->next) {
			if (!put_fact(&w, p->row, p->prefix, n))
				return NULL;
		}
	}
	complete_events(w.facts);
	return w.facts;
}
