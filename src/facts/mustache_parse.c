/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mustache_parse.c - text to nodes: tags, lines, names, sections, partials.
 *
 * Partials are put in place while parsing, so filling never looks for anything.
 */
#include "facts/mustache_node.h"

/* What names mean inside a section. */
struct scope {
	enum fact_shape shape;
	struct str prefix;   /* names are below it; or empty */
	enum fact_id scalar; /* {{.}} is a value of this fact; or FACT_NONE */
	bool map;            /* and has a name */
};

struct section {
	size_t node;
	size_t offset; /* of its tag, for errors */
};

/* One file: the template or a partial. */
struct source {
	struct str text;
	const char *name;
	size_t off;
	size_t first_open; /* sections that were open when it began */
	struct source *includer;
	size_t depth;
};

struct parser {
	struct arena *arena;
	struct mustache *out;
	const struct mustache_partials *partials;
	struct source *source;
	struct scope scope[MUSTACHE_DEPTH + 1]; /* the template's own first */
	struct section open[MUSTACHE_DEPTH];
	size_t open_count;
	const struct error *error;
};

static void
fail(struct parser *p, size_t offset, const char *message)
{
	struct str before = str_first(p->source->text, offset);
	size_t line = 1;
	size_t line_start = 0;

	if (p->error != NULL)
		return;
	for (size_t i = 0; i < before.len; i++) {
		if (before.p[i] == '\n') {
			line++;
			line_start = i + 1;
		}
	}
	p->error = error_new(p->arena, ERROR_USAGE, "%s:%zu:%zu: %s", p->source->name, line,
			     offset - line_start + 1, message);
}

static struct node *
add_node(struct parser *p, enum node_type type)
{
	struct mustache *m = p->out;

	m->node = arena_grow(p->arena, m->node, m->count, &m->cap, sizeof(*m->node));
	m->node[m->count].type = type;
	return &m->node[m->count++];
}

static void
add_text(struct parser *p, struct str s)
{
	if (s.len != 0)
		add_node(p, NODE_TEXT)->text = s;
}

/* The shape that the rows of a path have, if it leads to rows. */
static enum fact_shape
rows_of(const struct fact_path *path)
{
	return facts_info(path->step[path->count - 1])->of;
}

/* "panic.task.syscall": the longest way through rows, then a prefix there. */
static bool
find_prefix(enum fact_shape shape, struct str name, struct ref *out)
{
	if (facts_is_prefix(shape, name)) {
		*out = (struct ref){ .type = REF_PREFIX, .prefix = name };
		return true;
	}
	for (size_t i = name.len; i-- > 0;) {
		struct ref r = { .type = REF_PREFIX };

		if (name.p[i] != '.' || !facts_find_path(shape, str_first(name, i), &r.path))
			continue;
		r.prefix = str_from(name, i + 1);
		if (!facts_is_prefix(rows_of(&r.path), r.prefix))
			return false;
		*out = r;
		return true;
	}
	return false;
}

static bool
find_in_scope(struct parser *p, const struct scope *s, struct str name, struct ref *out)
{
	struct str full = name;
	struct ref r = { .type = REF_PATH };

	if (s->map && (str_is(name, STR("name")) || str_is(name, STR("value")))) {
		r.type = str_is(name, STR("name")) ? REF_NAME : REF_VALUE;
		*out = r;
		return true;
	}
	if (s->prefix.len != 0)
		full = str_of(
			arena_printf(p->arena, "%.*s.%.*s", STR_ARG(s->prefix), STR_ARG(name)));
	if (facts_find_path(s->shape, full, &r.path)) {
		*out = r;
		return true;
	}
	return find_prefix(s->shape, full, out);
}

/* Where a scope has no rows of its own (a value's section), names are the outer scope's. */
static bool
resolve(struct parser *p, struct str name, struct ref *out)
{
	const struct scope *top = &p->scope[p->open_count];

	if (str_is(name, STR("."))) {
		*out = (struct ref){ .type = REF_VALUE };
		return top->scalar != FACT_NONE;
	}
	for (size_t up = 0; up <= p->open_count; up++) {
		if (find_in_scope(p, top - up, name, out)) {
			out->up = up;
			return true;
		}
	}
	return false;
}

static const char *
nearest(struct parser *p, struct str name)
{
	const char *found = NULL;

	for (size_t up = 0; up <= p->open_count && found == NULL; up++) {
		const struct scope *s = &p->scope[p->open_count - up];

		if (s->prefix.len == 0 && s->shape != SHAPE_NONE)
			found = facts_nearest_path(p->arena, s->shape, name);
	}
	return found;
}

static void
fail_unknown(struct parser *p, size_t offset, struct str name)
{
	if (str_is(name, STR("."))) {
		fail(p, offset, "'.' stands for nothing here");
		return;
	}

	const char *near = nearest(p, name);

	fail(p, offset,
	     near == NULL ? arena_printf(p->arena, "no fact is called '%.*s'", STR_ARG(name))
			  : arena_printf(p->arena, "no fact is called '%.*s'; did you mean '%s'?",
					 STR_ARG(name), near));
}

static void
parse_value(struct parser *p, size_t offset, struct str name, enum node_type type)
{
	struct ref r = { .type = REF_PATH };

	if (!resolve(p, name, &r)) {
		fail_unknown(p, offset, name);
		return;
	}
	if (r.type == REF_PREFIX || (r.type == REF_PATH && rows_of(&r.path) != SHAPE_NONE)) {
		fail(p, offset,
		     arena_printf(p->arena, "'%.*s' is not one fact but several; use a section",
				  STR_ARG(name)));
		return;
	}
	add_node(p, type)->ref = r;
}

/* What names mean inside a section over r. */
static struct scope
scope_of(const struct parser *p, const struct ref *r)
{
	const struct scope *at = &p->scope[p->open_count - r->up];
	struct scope s = { .shape = SHAPE_NONE };

	if (r->type == REF_PREFIX) {
		s.shape = r->path.count == 0 ? at->shape : rows_of(&r->path);
		s.prefix = r->prefix;
	} else if (r->type != REF_PATH) {
		s = *at;
	} else if (rows_of(&r->path) != SHAPE_NONE) {
		s.shape = rows_of(&r->path);
	} else {
		s.scalar = r->path.step[r->path.count - 1];
		s.map = facts_info(s.scalar)->form == FACT_FORM_MAP;
	}
	return s;
}

static void
parse_section(struct parser *p, size_t offset, struct str name, enum node_type type)
{
	struct str whole = name;
	struct ref r = { .type = REF_PATH };

	if (type == NODE_SECTION && str_ends(name, STR("?"))) {
		type = NODE_ANY;
		name.len--;
	}
	if (!resolve(p, name, &r)) {
		fail_unknown(p, offset, name);
		return;
	}
	if (p->open_count == MUSTACHE_DEPTH) {
		fail(p, offset, "sections are nested too deep");
		return;
	}

	struct node *n = add_node(p, type);

	n->text = whole;
	n->ref = r;
	/* Only NODE_SECTION changes what names mean. */
	p->scope[p->open_count + 1] =
		type == NODE_SECTION ? scope_of(p, &r) : p->scope[p->open_count];
	p->open[p->open_count++] = (struct section){ p->out->count - 1, offset };
}

static void
parse_close(struct parser *p, size_t offset, struct str name)
{
	if (p->open_count == p->source->first_open) {
		fail(p, offset,
		     arena_printf(p->arena, "'%.*s' is closed but was not opened", STR_ARG(name)));
		return;
	}

	size_t start = p->open[p->open_count - 1].node;
	struct str opened = p->out->node[start].text;

	if (!str_is(opened, name)) {
		fail(p, offset,
		     arena_printf(p->arena, "'%.*s' is closed where '%.*s' is open", STR_ARG(name),
				  STR_ARG(opened)));
		return;
	}
	p->open_count--;
	add_node(p, NODE_END);
	p->out->node[start].end = p->out->count - 1;
}

/* ---- tags and lines ---- */

struct tag {
	size_t start; /* of "{{" in the source */
	size_t end;   /* behind "}}" */
	char sigil;   /* # ^ / ! > & { = < $ or 0 */
	struct str name;
	bool standalone;   /* nothing but blanks beside it in its lines */
	size_t line_start; /* standalone: of the line it begins in */
	size_t line_end;   /* standalone: behind the line it ends in */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The rule of the Mustache specification: such a tag takes its whole line with it. */
static void
find_standalone(struct str text, struct tag *t)
{
	size_t start = t->start;
	size_t end = t->end;

	if (t->sigil == '\0' || str_find_char(STR("#^/!>"), t->sigil) == STR_NONE)
		return;
	while (start != 0 && is_blank(text.p[start - 1]))
		start--;
	while (end < text.len && is_blank(text.p[end]))
		end++;
	if (start != 0 && text.p[start - 1] != '\n')
		return;
	if (str_starts(str_from(text, end), STR("\r\n")))
		end += 2;
	else if (end < text.len && text.p[end] == '\n')
		end++;
	else if (end != text.len)
		return;
	t->standalone = true;
	t->line_start = start;
	t->line_end = end;
}

/* The next tag from off on; false if there is none, or if it has no end. */
static bool
next_tag(struct parser *p, size_t off, struct tag *out)
{
	struct str text = p->source->text;
	size_t at = str_find(str_from(text, off), STR("{{"));

	if (at == STR_NONE)
		return false;

	struct tag t = { .start = off + at };
	struct str inner = str_from(text, t.start + 2);

	if (inner.len != 0 && str_find_char(STR("#^/!>&{=<$"), inner.p[0]) != STR_NONE) {
		t.sigil = inner.p[0];
		inner = str_from(inner, 1);
	}

	struct str closer = t.sigil == '{' ? STR("}}}") : STR("}}");
	size_t len = str_find(inner, closer);

	if (len == STR_NONE) {
		fail(p, t.start, "this tag has no end");
		return false;
	}
	t.name = str_trim(str_first(inner, len));
	t.end = (size_t)(inner.p - text.p) + len + closer.len;
	find_standalone(text, &t);
	*out = t;
	return true;
}

/* Every line of a partial is indented as its tag is. */
static struct str
indented(struct arena *a, struct str s, struct str indent)
{
	struct text out = text_new(a);
	struct str line = { NULL, 0 };

	if (indent.len == 0)
		return s;
	while (str_cut(&s, '\n', &line)) {
		text_put(&out, indent);
		text_put(&out, line);
		text_char(&out, '\n');
	}
	if (s.len != 0) {
		text_put(&out, indent);
		text_put(&out, s);
	}
	return text_str(&out);
}

static void
enter_partial(struct parser *p, const struct tag *t)
{
	struct str content = { NULL, 0 };

	if (p->partials == NULL || !p->partials->find(p->partials->ctx, t->name, &content)) {
		fail(p, t->start,
		     arena_printf(p->arena, "there is no partial '%.*s'", STR_ARG(t->name)));
		return;
	}
	if (p->source->depth == MUSTACHE_DEPTH) {
		fail(p, t->start, "partials are nested too deep");
		return;
	}

	struct source *s = ARENA_NEW(p->arena, struct source);
	struct str indent = { NULL, 0 };

	if (t->standalone)
		indent = str_first(str_from(p->source->text, t->line_start),
				   t->start - t->line_start);
	s->text = indented(p->arena, content, indent);
	s->name = str_c(p->arena, t->name);
	s->first_open = p->open_count;
	s->includer = p->source;
	s->depth = p->source->depth + 1;
	p->source = s;
}

static void
parse_tag(struct parser *p, const struct tag *t)
{
	switch (t->sigil) {
	case '!':
		return;
	case '#':
		parse_section(p, t->start, t->name, NODE_SECTION);
		return;
	case '^':
		parse_section(p, t->start, t->name, NODE_INVERTED);
		return;
	case '/':
		parse_close(p, t->start, t->name);
		return;
	case '>':
		enter_partial(p, t);
		return;
	case '{':
	case '&':
		parse_value(p, t->start, t->name, NODE_RAW);
		return;
	case '\0':
		parse_value(p, t->start, t->name, NODE_VALUE);
		return;
	default:
		fail(p, t->start,
		     arena_printf(p->arena, "tags of the form {{%c are not supported", t->sigil));
	}
}

/* At the end of a file: everything that it opened must be closed. */
static void
leave_source(struct parser *p)
{
	struct source *s = p->source;

	if (p->open_count != s->first_open) {
		const struct section *open = &p->open[p->open_count - 1];

		fail(p, open->offset,
		     arena_printf(p->arena, "'%.*s' is not closed",
				  STR_ARG(p->out->node[open->node].text)));
	}
	p->source = s->includer;
}

static void
parse_all(struct parser *p)
{
	while (p->source != NULL && p->error == NULL) {
		struct source *s = p->source;
		struct tag t = { .sigil = '\0' };

		if (!next_tag(p, s->off, &t)) {
			add_text(p, str_from(s->text, s->off));
			leave_source(p);
			continue;
		}

		size_t until = t.standalone ? t.line_start : t.start;

		add_text(p, str_first(str_from(s->text, s->off), until - s->off));
		s->off = t.standalone ? t.line_end : t.end;
		parse_tag(p, &t);
	}
}

const struct error *
mustache_parse_with(struct str text, const char *name, enum fact_shape from,
		    const struct mustache_partials *partials, struct arena *a,
		    struct mustache **out)
{
	struct source top = { .text = text, .name = name };
	struct parser p = {
		.arena = a,
		.out = ARENA_NEW(a, struct mustache),
		.partials = partials,
		.source = &top,
		.scope = { { .shape = from } },
	};

	parse_all(&p);
	if (p.error == NULL)
		*out = p.out;
	return p.error;
}

const struct error *
mustache_parse(struct str text, const char *name, enum fact_shape from, struct arena *a,
	       struct mustache **out)
{
	return mustache_parse_with(text, name, from, NULL, a, out);
}
