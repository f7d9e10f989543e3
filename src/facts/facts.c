/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts/facts.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <time.h>

struct facts {
	struct arena *arena;
	struct fact_row root;
	struct fact_conflict *conflict;
	size_t conflict_count;
	size_t conflict_cap;
};

/* Path, its form, and whether it is hidden are worked out from the row of schema.def. */
struct schema_row {
	enum fact_shape shape;
	const char *path;
	enum fact_kind kind;
	enum fact_shape of;
	const char *doc;
	bool hidden;
};

static const struct schema_row schema[FACT_COUNT] = {
#define FACT(shape, id, path, kind, of, doc) \
	[id] = { SHAPE_##shape, path, FACT_KIND_##kind, SHAPE_##of, doc, false },
#define HIDDEN(shape, id, path, kind, of, doc) \
	[id] = { SHAPE_##shape, path, FACT_KIND_##kind, SHAPE_##of, doc, true },
#include "facts/schema.def"
#undef FACT
};

static struct str
plain_path(enum fact_id id)
{
	struct str p = str_of(schema[id].path);

	if (str_ends(p, STR("[]")) || str_ends(p, STR("{}")))
		p.len -= 2;
	return p;
}

static enum fact_form
form_of(enum fact_id id)
{
	struct str p = str_of(schema[id].path);

	if (str_ends(p, STR("[]")))
		return FACT_FORM_LIST;
	return str_ends(p, STR("{}")) ? FACT_FORM_MAP : FACT_FORM_ONE;
}

/* Built at the first use: the program has one schema and it never changes. */
static const struct fact_info *
infos(void)
{
	static struct fact_info table[FACT_COUNT];
	static char paths[FACT_COUNT * 40];

	if (table[1].path != NULL)
		return table;

	size_t used = 0;

	for (enum fact_id id = 1; id < FACT_COUNT; id++) {
		struct str p = plain_path(id);

		assert(used + p.len + 1 <= sizeof(paths));
		memcpy(paths + used, p.p, p.len);
		table[id] = (struct fact_info){
			.shape = schema[id].shape,
			.path = paths + used,
			.kind = schema[id].kind,
			.of = schema[id].of,
			.form = form_of(id),
			.doc = schema[id].doc,
			.hidden = schema[id].hidden,
		};
		used += p.len + 1;
	}
	return table;
}

const struct fact_info *
facts_info(enum fact_id id)
{
	return &infos()[id];
}

void
facts_of_shape(enum fact_shape shape, enum fact_id *first, size_t *count)
{
	/* Where each shape begins and ends, found once. */
	static struct {
		enum fact_id first;
		size_t count;
	} span[SHAPE_COUNT];

	if (span[SHAPE_ROOT].count == 0) {
		for (enum fact_id id = 1; id < FACT_COUNT; id++) {
			if (span[schema[id].shape].count++ == 0)
				span[schema[id].shape].first = id;
		}
	}
	*first = span[shape].first;
	*count = span[shape].count;
}

static void
init_row(struct facts *f, struct fact_row *r, enum fact_shape shape)
{
	enum fact_id first = FACT_NONE;
	size_t count = 0;

	facts_of_shape(shape, &first, &count);
	r->facts = f;
	r->shape = shape;
	r->fact = ARENA_ARRAY(f->arena, struct fact, count);
}

struct facts *
facts_new(struct arena *a)
{
	struct facts *f = ARENA_NEW(a, struct facts);

	f->arena = a;
	init_row(f, &f->root, SHAPE_ROOT);
	return f;
}

struct fact_row *
facts_root(struct facts *f)
{
	return &f->root;
}

const struct fact_row *
facts_root_const(const struct facts *f)
{
	return &f->root;
}

static struct fact *
cell(const struct fact_row *r, enum fact_id id)
{
	enum fact_id first = FACT_NONE;
	size_t count = 0;

	assert(schema[id].shape == r->shape);
	facts_of_shape(r->shape, &first, &count);
	return &r->fact[id - first];
}

const char *
facts_value_text(struct arena *a, enum fact_kind kind, const struct fact_value *v)
{
	switch (kind) {
	case FACT_KIND_TEXT:
		return v->text.p;
	case FACT_KIND_NUMBER:
		return arena_printf(a, "%" PRId64, v->number);
	case FACT_KIND_ADDRESS:
		return v->shown != NULL ? v->shown : arena_printf(a, "0x%" PRIx64, v->address);
	case FACT_KIND_REAL:
		return arena_printf(a, "%.6g", v->real);
	case FACT_KIND_BOOL:
		return v->flag ? "true" : "false";
	case FACT_KIND_TIME: {
		time_t seconds = (time_t)v->time;
		struct tm tm = { 0 };
		char text[40] = "";

		if (gmtime_r(&seconds, &tm) != NULL)
			strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
		return arena_printf(a, "%s", text);
	}
	case FACT_KIND_ROW:
		break;
	}
	return "";
}

static bool
same_value(enum fact_kind kind, const struct fact_value *a, const struct fact_value *b)
{
	switch (kind) {
	case FACT_KIND_TEXT:
		return str_is(a->text, b->text);
	case FACT_KIND_REAL:
		return fabs(a->real - b->real) < 1e-9;
	case FACT_KIND_BOOL:
		return a->flag == b->flag;
	case FACT_KIND_ROW:
		return a->row == b->row;
	case FACT_KIND_NUMBER:
	case FACT_KIND_ADDRESS:
	case FACT_KIND_TIME:
		break;
	}
	return a->number == b->number;
}

static void
note_conflict(struct facts *f, enum fact_id id, const struct fact *kept, struct fact_value dropped,
	      struct origin dropped_origin)
{
	f->conflict = arena_grow(f->arena, f->conflict, f->conflict_count, &f->conflict_cap,
				 sizeof(*f->conflict));
	f->conflict[f->conflict_count++] = (struct fact_conflict){
		.id = id,
		.kept = facts_value_text(f->arena, schema[id].kind, &kept->values[0]),
		.kept_origin = kept->origin,
		.dropped = facts_value_text(f->arena, schema[id].kind, &dropped),
		.dropped_origin = dropped_origin,
	};
}

static struct fact_value *
append(struct fact_row *r, enum fact_id id, struct fact_value v, struct origin o)
{
	struct fact *c = cell(r, id);

	if (c->count == 0)
		c->origin = o;
	if (c->count == 0 && form_of(id) == FACT_FORM_ONE) {
		c->values = ARENA_NEW(r->facts->arena, struct fact_value);
		c->cap = 1;
	}
	c->values = arena_grow(r->facts->arena, c->values, c->count, &c->cap, sizeof(*c->values));
	c->values[c->count] = v;
	c->why = NULL;
	return &c->values[c->count++];
}

static void
put(struct fact_row *r, enum fact_id id, enum fact_kind kind, struct fact_value v, struct origin o)
{
	struct fact *c = cell(r, id);

	assert(schema[id].kind == kind);
	if (form_of(id) == FACT_FORM_LIST || c->count == 0) {
		append(r, id, v, o);
		return;
	}

	bool better = o.rank > c->origin.rank;

	if (same_value(kind, &c->values[0], &v)) {
		if (better)
			c->origin = o;
		return;
	}
	if (!better) {
		note_conflict(r->facts, id, c, v, o);
		return;
	}

	struct fact_value old = c->values[0];
	struct origin old_origin = c->origin;

	c->values[0] = v;
	c->origin = o;
	note_conflict(r->facts, id, c, old, old_origin);
}

void
facts_put_text(struct fact_row *r, enum fact_id id, struct str v, struct origin o)
{
	struct fact_value value = { .text = str_copy(r->facts->arena, v) };

	put(r, id, FACT_KIND_TEXT, value, o);
}

void
facts_put_number(struct fact_row *r, enum fact_id id, int64_t v, struct origin o)
{
	put(r, id, FACT_KIND_NUMBER, (struct fact_value){ .number = v }, o);
}

void
facts_put_address(struct fact_row *r, enum fact_id id, uint64_t v, struct origin o)
{
	put(r, id, FACT_KIND_ADDRESS, (struct fact_value){ .address = v }, o);
}

void
facts_put_real(struct fact_row *r, enum fact_id id, double v, struct origin o)
{
	put(r, id, FACT_KIND_REAL, (struct fact_value){ .real = v }, o);
}

void
facts_put_bool(struct fact_row *r, enum fact_id id, bool v, struct origin o)
{
	put(r, id, FACT_KIND_BOOL, (struct fact_value){ .flag = v }, o);
}

void
facts_put_time(struct fact_row *r, enum fact_id id, int64_t seconds, struct origin o)
{
	put(r, id, FACT_KIND_TIME, (struct fact_value){ .time = seconds }, o);
}

static void
put_named(struct fact_row *r, enum fact_id id, const char *name, struct fact_value v,
	  struct origin o)
{
	assert(form_of(id) == FACT_FORM_MAP);
	if (facts_get_named(r, id, str_of(name)) != NULL)
		return;
	v.name = str_c(r->facts->arena, str_of(name));
	append(r, id, v, o);
}

void
facts_put_address_named(struct fact_row *r, enum fact_id id, const char *name, uint64_t v,
			struct origin o)
{
	assert(schema[id].kind == FACT_KIND_ADDRESS);
	put_named(r, id, name, (struct fact_value){ .address = v }, o);
}

void
facts_put_regs(struct fact_row *r, enum fact_id id, const struct regs *regs, struct origin o)
{
	for (size_t i = 0; i < regs->count; i++)
		facts_put_address_named(r, id, regs->reg[i].name, regs->reg[i].value, o);
}

void
facts_put_number_named(struct fact_row *r, enum fact_id id, const char *name, int64_t v,
		       struct origin o)
{
	assert(schema[id].kind == FACT_KIND_NUMBER);
	put_named(r, id, name, (struct fact_value){ .number = v }, o);
}

struct fact_row *
facts_put_row(struct fact_row *r, enum fact_id id, struct origin o)
{
	struct fact *c = cell(r, id);

	assert(schema[id].kind == FACT_KIND_ROW);
	if (form_of(id) == FACT_FORM_ONE && c->count != 0)
		return c->values[0].row;

	struct fact_row *row = ARENA_NEW(r->facts->arena, struct fact_row);

	init_row(r->facts, row, schema[id].of);
	append(r, id, (struct fact_value){ .row = row }, o);
	return row;
}

struct fact_row *
facts_insert_row(struct fact_row *r, enum fact_id id, size_t at, struct origin o)
{
	struct fact_row *row = facts_put_row(r, id, o);
	struct fact *c = cell(r, id);
	struct fact_value last = c->values[c->count - 1];

	assert(form_of(id) == FACT_FORM_LIST && at < c->count);
	memmove(&c->values[at + 1], &c->values[at], (c->count - 1 - at) * sizeof(last));
	c->values[at] = last;
	return row;
}

void
facts_put_alias(struct fact_row *r, enum fact_id id, struct fact_row *row, struct origin o)
{
	assert(schema[id].kind == FACT_KIND_ROW && schema[id].of == row->shape);
	put(r, id, FACT_KIND_ROW, (struct fact_value){ .row = row }, o);
}

void
facts_put_empty(struct fact_row *r, enum fact_id id, struct origin o)
{
	struct fact *c = cell(r, id);

	assert(form_of(id) != FACT_FORM_ONE);
	if (c->count != 0)
		return;
	c->empty_list = true;
	c->origin = o;
	c->why = NULL;
}

void
facts_clear(struct fact_row *r, enum fact_id id)
{
	*cell(r, id) = (struct fact){ 0 };
}

void
facts_put_why(struct fact_row *r, enum fact_id id, const struct error *why)
{
	struct fact *c = cell(r, id);

	if (c->count == 0 && !c->empty_list && c->why == NULL)
		c->why = why;
}

struct fact *
facts_edit(struct fact_row *r, enum fact_id id)
{
	return cell(r, id);
}

const struct fact *
facts_get(const struct fact_row *r, enum fact_id id)
{
	return cell(r, id);
}

bool
facts_known(const struct fact_row *r, enum fact_id id)
{
	const struct fact *c = cell(r, id);

	return c->count != 0 || c->empty_list;
}

static const struct fact_value *
the_value(const struct fact_row *r, enum fact_id id, enum fact_kind kind)
{
	const struct fact *c = cell(r, id);

	assert(schema[id].kind == kind);
	return c->count == 0 ? NULL : &c->values[0];
}

bool
facts_get_text(const struct fact_row *r, enum fact_id id, struct str *v)
{
	const struct fact_value *value = the_value(r, id, FACT_KIND_TEXT);

	if (value != NULL)
		*v = value->text;
	return value != NULL;
}

bool
facts_get_number(const struct fact_row *r, enum fact_id id, int64_t *v)
{
	const struct fact_value *value = the_value(r, id, FACT_KIND_NUMBER);

	if (value != NULL)
		*v = value->number;
	return value != NULL;
}

bool
facts_get_address(const struct fact_row *r, enum fact_id id, uint64_t *v)
{
	const struct fact_value *value = the_value(r, id, FACT_KIND_ADDRESS);

	if (value != NULL)
		*v = value->address;
	return value != NULL;
}

const struct fact_row *
facts_get_row(const struct fact_row *r, enum fact_id id)
{
	const struct fact_value *value = the_value(r, id, FACT_KIND_ROW);

	return value == NULL ? NULL : value->row;
}

const struct fact_value *
facts_get_named(const struct fact_row *r, enum fact_id id, struct str name)
{
	const struct fact *c = cell(r, id);

	for (size_t i = 0; i < c->count; i++) {
		if (str_is_c(name, c->values[i].name))
			return &c->values[i];
	}
	return NULL;
}

const struct fact_conflict *
facts_conflicts(const struct facts *f, size_t *count)
{
	*count = f->conflict_count;
	return f->conflict;
}
