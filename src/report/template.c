/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/template.h"

#include "base/embedded.h"
#include "base/limits.h"
#include "facts/mustache.h"
#include "report/layout.h"
#include "report/parts.h"

enum {
	TEMPLATE_WIDTH = 80, /* where the width of the terminal is not known */
	TEMPLATE_WIDTH_MIN = 40,
	TEMPLATE_WIDTH_MAX = 120, /* longer lines are hard to read */
	TEMPLATE_FENCE_MIN = 3,
	TEMPLATE_LIMIT_MIN = 1000, /* characters; less is no report */
};

/* What the first line says. */
struct header {
	enum escape escape;
	bool layout;    /* columns, blank lines */
	bool wrap;      /* paragraphs too */
	uint64_t width; /* to that many columns, whatever the terminal has; 0: not said */
	uint64_t limit; /* bytes that the report may have; 0: any number */
};

struct template_partials {
	bool color;
	struct str fence;
	struct arena *arena;
};

/* ---- the first line ---- */

static bool
take_number(struct str s, uint64_t min, uint64_t max, uint64_t *out)
{
	return str_take_decimal(&s, out) && s.len == 0 && *out >= min && *out <= max;
}

static const struct error *
read_setting(struct str key, struct str value, struct header *h, struct arena *a)
{
	/* Whatever a template wants, the bytes of a dump do nothing in a terminal. */
	if (str_is(key, STR("escape")) && escape_find(value, &h->escape) &&
	    h->escape != ESCAPE_NONE)
		return NULL;
	if (str_is(key, STR("layout"))) {
		h->layout = true;
		h->wrap = str_is(value, STR("wrap"));
		if (h->wrap || str_is(value, STR("columns")))
			return NULL;
	}
	if (str_is(key, STR("width")) && take_number(value, TEMPLATE_WIDTH_MIN, 1000, &h->width))
		return NULL;
	if (str_is(key, STR("limit")) &&
	    take_number(value, TEMPLATE_LIMIT_MIN, LIMIT_TEXT_BYTES, &h->limit))
		return NULL;
	return error_new(a, ERROR_USAGE, "'%.*s: %.*s' is no setting of a template", STR_ARG(key),
			 STR_ARG(value));
}

/* "escape: markdown; layout: wrap"; a first comment without a colon is only a comment. */
static const struct error *
read_header(struct str text, const char *name, struct header *h, struct arena *a)
{
	struct str line = { NULL, 0 };
	struct str comment = { NULL, 0 };
	struct str setting = { NULL, 0 };

	*h = (struct header){ .escape = ESCAPE_TEXT };
	if (!str_take_line(&text, &line) || !str_take(&line, STR("{{!")))
		return NULL;
	comment = str_trim(str_first(line, line.len < 2 ? 0 : line.len - 2));
	if (!str_starts(comment, STR("escape:")) && !str_starts(comment, STR("layout:")))
		return NULL;
	while (comment.len != 0) {
		struct str key = { NULL, 0 };
		const struct error *e = NULL;

		if (!str_cut(&comment, ';', &setting)) {
			setting = comment;
			comment.len = 0;
		}
		if (!str_cut(&setting, ':', &key))
			key = setting;
		e = read_setting(str_trim(key), str_trim(setting), h, a);
		if (e != NULL)
			return error_wrap(a, e, "%s:1", name);
	}
	return NULL;
}

/* ---- partials ---- */

static const struct {
	const char *name;
	const char *text;
} marks[] = {
	{ "wrap", LAYOUT_WRAP },
	{ "col", LAYOUT_COL },
	{ "cell", LAYOUT_CELL },
};

static const struct {
	const char *name;
	const char *text;
} styles[] = {
	{ "bold", "\033[1m" },   { "dim", "\033[2m" },     { "red", "\033[1;31m" },
	{ "green", "\033[32m" }, { "yellow", "\033[33m" }, { "plain", "\033[0m" },
};

static bool
find_mark(struct str name, struct str *text)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (str_is_c(name, marks[i].name)) {
			*text = str_of(marks[i].text);
			return true;
		}
	}
	return false;
}

static bool
find_style(struct str name, bool color, struct str *text)
{
	for (size_t i = 0; i < ARRAY_LEN(styles); i++) {
		if (str_is_c(name, styles[i].name)) {
			*text = str_of(color ? styles[i].text : "");
			return true;
		}
	}
	return false;
}

static bool
find_partial(void *ctx, struct str name, struct str *text)
{
	const struct template_partials *p = ctx;

	if (find_mark(name, text) || find_style(name, p->color, text) ||
	    parts_mark(name, p->arena, text))
		return true;
	if (str_is(name, STR("fence"))) {
		*text = p->fence;
		return true;
	}
	return embedded_find(str_of(arena_printf(p->arena, "templates/_%.*s", STR_ARG(name))),
			     text);
}

/* ---- the longest run of backticks ---- */

static void
measure_text(struct str s, size_t *longest)
{
	size_t run = 0;

	for (size_t i = 0; i < s.len; i++) {
		run = s.p[i] == '`' ? run + 1 : 0;
		if (run > *longest)
			*longest = run;
	}
}

/* Rows in rows: no deeper than schema.def nests them. */
static void
measure_row(const struct fact_row *r, size_t *longest)
{
	enum fact_id first = FACT_NONE;
	size_t count = 0;

	facts_of_shape(r->shape, &first, &count);
	for (enum fact_id id = first; id < first + count; id++) {
		const struct fact *fact = facts_get(r, id);
		enum fact_kind kind = facts_info(id)->kind;

		for (size_t i = 0; i < fact->count; i++) {
			if (kind == FACT_KIND_TEXT)
				measure_text(fact->values[i].text, longest);
			else if (kind == FACT_KIND_ROW)
				measure_row(fact->values[i].row, longest);
		}
	}
}

static struct str
fence_for(const struct facts *f, struct arena *a)
{
	size_t longest = TEMPLATE_FENCE_MIN - 1;
	struct text t = text_new(a);

	measure_row(facts_root_const(f), &longest);
	for (size_t i = 0; i <= longest; i++)
		text_char(&t, '`');
	text_char(&t, '\n');
	return text_str(&t);
}

/* ---- checking and filling ---- */

static const struct error *
parse(struct str text, const char *name, bool color, struct str fence, struct arena *a,
      struct mustache **out)
{
	struct template_partials p = { color, fence, a };
	struct mustache_partials partials = { find_partial, &p };

	return mustache_parse_with(text, name, SHAPE_ROOT, &partials, a, out);
}

const struct error *
template_check(struct str text, const char *name, const struct output_options *o, struct arena *a)
{
	struct header h = { .escape = ESCAPE_TEXT };
	struct mustache *m = NULL;
	const struct error *e = read_header(text, name, &h, a);

	return e != NULL ? e : parse(text, name, o->color, STR("```\n"), a, &m);
}

static unsigned int
wrap_width(const struct header *h, const struct output_options *o)
{
	unsigned int width = o->width == 0 ? TEMPLATE_WIDTH : o->width;

	if (!h->wrap)
		return 0;
	if (h->width != 0)
		return (unsigned int)h->width;
	if (width < TEMPLATE_WIDTH_MIN)
		return TEMPLATE_WIDTH_MIN;
	return width > TEMPLATE_WIDTH_MAX ? TEMPLATE_WIDTH_MAX : width;
}

/* The filled template without parts of that rank and above, laid out. */
static struct text
lay_out(struct str filled, int rank, const struct header *h, const struct output_options *o,
	struct arena *a)
{
	struct text parts = text_new(a);
	struct text laid = text_new(a);

	parts_write(filled, rank, h->limit, &parts);
	if (!h->layout)
		return parts;
	layout_write(text_str(&parts), wrap_width(h, o), &laid);
	laid.full = laid.full || parts.full;
	return laid;
}

/* As many parts as fit. */
static struct text
lay_out_within(struct str filled, const struct header *h, const struct output_options *o,
	       struct arena *a)
{
	struct text t = lay_out(filled, PARTS_RANKS + 1, h, o, a);

	for (int rank = PARTS_RANKS; h->limit != 0 && t.len > h->limit && rank > 0; rank--) {
		if (parts_have(filled, rank))
			t = lay_out(filled, rank, h, o, a);
	}
	if (h->limit != 0 && t.len > h->limit) {
		struct text cut = text_new(a);

		parts_cut(text_str(&t), h->limit, &cut);
		return cut;
	}
	return t;
}

const struct error *
template_fill(struct str text, const char *name, const struct output_options *o,
	      const struct facts *f, struct arena *a, struct str *out)
{
	struct header h = { .escape = ESCAPE_TEXT };
	struct mustache *m = NULL;
	const struct error *e = read_header(text, name, &h, a);

	/* What has a limit is for a tracker, not for a terminal. */
	if (e == NULL)
		e = parse(text, name, o->color && h.limit == 0, fence_for(f, a), a, &m);
	if (e != NULL)
		return e;

	struct text filled = text_new(a);
	struct escaper x = escaper_new(&filled, h.escape);

	mustache_write(m, facts_root_const(f), &x);

	struct str whole = text_str(&filled);
	struct text laid = { .arena = a };

	/* Where nothing is laid out, a text keeps its last line as it is. */
	if (h.layout || h.limit != 0 || str_find_char(whole, PARTS_MARK[0]) != STR_NONE) {
		laid = lay_out_within(whole, &h, o, a);
		whole = text_str(&laid);
	}
	if (filled.full || laid.full)
		return error_new(a, ERROR_LIMIT, "the report is longer than %d MiB",
				 LIMIT_TEXT_BYTES >> 20);
	*out = whole;
	return NULL;
}
