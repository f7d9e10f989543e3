/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mustache.c - fills a parsed template from a row of facts.
 */
#include "facts/mustache_node.h"

/* One section that is being shown. */
struct frame {
	const struct fact_row *row; /* names are looked up in it; NULL in a value's section */
	const struct fact_value *value;
	enum fact_id scalar;
	const struct frame *outer;
};

struct filler {
	const struct mustache *m;
	struct escaper *escaper;
	struct arena *scratch;
};

/* What happens with each row or value that a section is over; false ends it. */
struct visitor {
	bool (*each)(struct visitor *v, const struct frame *f);
	const struct frame *outer;
	struct str prefix; /* rows without any fact below it do not count; or empty */
	bool visited;
	/* for show_section() */
	const struct filler *filler;
	size_t first;
	size_t end;
};

static const struct frame *
frame_up(const struct frame *f, size_t up)
{
	for (; up > 0 && f->outer != NULL; up--)
		f = f->outer;
	return f;
}

static bool
any_below(const struct fact_row *row, struct str prefix)
{
	enum fact_id first = FACT_NONE;
	size_t count = 0;

	facts_of_shape(row->shape, &first, &count);
	for (enum fact_id id = first; id < first + count; id++) {
		struct str path = str_of(facts_info(id)->path);

		if (str_take(&path, prefix) && str_starts(path, STR(".")) &&
		    facts_get(row, id)->count != 0)
			return true;
	}
	return false;
}

static bool
visit_value(void *ctx, enum fact_id id, const struct fact_value *value, struct origin origin)
{
	struct visitor *v = ctx;
	const struct fact_info *info = facts_info(id);
	struct frame f = { .value = value, .scalar = id, .outer = v->outer };

	(void)origin;
	if (info->kind == FACT_KIND_BOOL && !value->flag)
		return true;
	if (info->kind == FACT_KIND_ROW) {
		f = (struct frame){ .row = value->row, .outer = v->outer };
		if (v->prefix.len != 0 && !any_below(f.row, v->prefix))
			return true;
	}
	v->visited = true;
	return v->each(v, &f);
}

/* Every row or value that a section over ref is shown for. */
static void
visit_ref(const struct ref *ref, const struct frame *inner, struct visitor *v)
{
	const struct frame *at = frame_up(inner, ref->up);

	v->outer = inner;
	if (ref->type == REF_VALUE || ref->type == REF_NAME) {
		struct frame f = *at;

		f.outer = inner;
		v->visited = true;
		v->each(v, &f);
		return;
	}
	v->prefix = ref->prefix;
	if (ref->path.count != 0) {
		facts_each(at->row, &ref->path, visit_value, v);
	} else if (any_below(at->row, ref->prefix)) {
		struct frame f = { .row = at->row, .outer = inner };

		v->visited = true;
		v->each(v, &f);
	}
}

static bool
stop_at_first(struct visitor *v, const struct frame *f)
{
	(void)v;
	(void)f;
	return false;
}

static bool
is_shown(const struct ref *ref, const struct frame *inner)
{
	struct visitor v = { .each = stop_at_first };

	visit_ref(ref, inner, &v);
	return v.visited;
}

struct value_list {
	const struct filler *filler;
	bool raw;
	bool named; /* a whole map: name=value */
	size_t count;
};

static void
put_value(struct value_list *l, struct str s)
{
	if (l->raw)
		escaper_raw(l->filler->escaper, s);
	else
		escaper_value(l->filler->escaper, s);
}

static struct str
value_str(struct arena *a, enum fact_id id, const struct fact_value *v)
{
	enum fact_kind kind = facts_info(id)->kind;

	return kind == FACT_KIND_TEXT ? v->text : str_of(facts_value_text(a, kind, v));
}

static bool
put_each(void *ctx, enum fact_id id, const struct fact_value *v, struct origin origin)
{
	struct value_list *l = ctx;
	struct str s = value_str(l->filler->scratch, id, v);

	(void)origin;
	if (l->count++ != 0)
		put_value(l, STR(", "));
	if (l->named && v->name != NULL) {
		put_value(l, str_of(v->name));
		put_value(l, STR("="));
	}
	put_value(l, s);
	return true;
}

static void
show_value(const struct filler *fl, const struct node *n, const struct frame *inner)
{
	const struct frame *at = frame_up(inner, n->ref.up);
	bool whole = n->ref.path.key.len == 0;
	struct value_list l = { fl, n->type == NODE_RAW, whole, 0 };

	if (n->ref.type == REF_PATH)
		facts_each(at->row, &n->ref.path, put_each, &l);
	else if (at->value != NULL)
		put_value(&l, n->ref.type == REF_NAME
				      ? str_of(at->value->name)
				      : value_str(fl->scratch, at->scalar, at->value));
}

static void show_nodes(const struct filler *fl, size_t i, size_t end, const struct frame *f);

static bool
show_body(struct visitor *v, const struct frame *f)
{
	show_nodes(v->filler, v->first, v->end, f);
	return !v->filler->escaper->out->full;
}

/* The nodes of the section at i are shown as often as it says. */
static void
show_section(const struct filler *fl, size_t i, const struct frame *f)
{
	const struct node *n = &fl->m->node[i];
	struct visitor v = { .each = show_body, .filler = fl, .first = i + 1, .end = n->end };

	if (n->type == NODE_SECTION)
		visit_ref(&n->ref, f, &v);
	else if (is_shown(&n->ref, f) == (n->type == NODE_ANY))
		show_nodes(fl, i + 1, n->end,
			   &(struct frame){ .row = f->row,
					    .value = f->value,
					    .scalar = f->scalar,
					    .outer = f });
}

static void
show_nodes(const struct filler *fl, size_t i, size_t end, const struct frame *f)
{
	while (i < end) {
		const struct node *n = &fl->m->node[i];

		if (n->type == NODE_TEXT) {
			escaper_literal(fl->escaper, n->text);
		} else if (n->type == NODE_VALUE || n->type == NODE_RAW) {
			show_value(fl, n, f);
		} else if (n->type != NODE_END) {
			show_section(fl, i, f);
			i = n->end;
		}
		i++;
	}
}

void
mustache_write(const struct mustache *m, const struct fact_row *row, struct escaper *e)
{
	struct arena *scratch = arena_new_temporary(e->out->arena);
	struct filler fl = { m, e, scratch };
	struct frame top = { .row = row };

	show_nodes(&fl, 0, m->count, &top);
	arena_free(scratch);
}

struct str
mustache_render(const struct mustache *m, const struct fact_row *row, enum escape how,
		struct arena *a)
{
	struct text out = text_new(a);
	struct escaper e = escaper_new(&out, how);

	mustache_write(m, row, &e);
	return text_str(&out);
}

static bool
note_value(void *ctx, enum fact_id id, const struct fact_value *v, struct origin origin)
{
	(void)id;
	(void)v;
	(void)origin;
	*(bool *)ctx = true;
	return false;
}

/* Outside sections a variable is always a path from the template's own row. */
static bool
is_known(const struct node *n, const struct fact_row *row)
{
	bool known = false;

	facts_each(row, &n->ref.path, note_value, &known);
	return known;
}

bool
mustache_is_whole(const struct mustache *m, const struct fact_row *row)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct node *n = &m->node[i];

		if (n->type == NODE_VALUE || n->type == NODE_RAW) {
			if (!is_known(n, row))
				return false;
		} else if (n->type != NODE_TEXT) {
			i = n->end;
		}
	}
	return true;
}
