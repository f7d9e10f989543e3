/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/shelf.h"

#include "verdict/test.h"

static struct str
rest_of(struct str line, struct str prefix)
{
	return str_take(&line, prefix) ? str_trim(line) : (struct str){ NULL, 0 };
}

static struct str
first_condition(const struct slice *s)
{
	for (size_t i = s->line; i < s->end_line; i++) {
		if (str_is(catalogue_line(s->file, i), STR("  when:")))
			return rest_of(catalogue_line(s->file, i + 1), STR("    - "));
	}
	return (struct str){ NULL, 0 };
}

/* Which kinds of event the rule is about, by its first condition. */
static struct str
find_kinds(struct str condition)
{
	struct str kinds = rest_of(condition, STR("event.kind is "));

	return kinds.len != 0 ? kinds : rest_of(condition, STR("event.kind in "));
}

/* The fact that the first condition is about, if that has to be known for it to hold. */
static struct str
find_needs(struct str condition)
{
	static const struct str none = { NULL, 0 };
	struct str path = none;
	struct str test = none;

	if (str_take(&condition, STR("some: ")))
		return str_trim(condition);
	if (!str_take_word(&condition, &path) || !str_take_word(&condition, &test))
		return none;
	if (str_find_char(path, ':') != STR_NONE || str_find_char(path, '\'') != STR_NONE ||
	    str_find_char(path, '"') != STR_NONE)
		return none;
	return str_is_c(test, "unknown") || str_is_c(test, "count") ? none : path;
}

static void
add_slice(struct catalogue *r, const struct rule_file *f, size_t line)
{
	struct str first = catalogue_line(f, line);
	struct slice s = { .file = f, .line = line, .end_line = line + 1 };

	s.name = rest_of(first, STR("- id:"));
	if (s.name.len == 0) {
		s.name = rest_of(first, STR("- param:"));
		s.is_param = true;
	}
	while (s.end_line <= f->line_count && !str_starts(catalogue_line(f, s.end_line), STR("- ")))
		s.end_line++;
	if (!s.is_param) {
		struct str condition = first_condition(&s);

		s.kinds = find_kinds(condition);
		s.needs = find_needs(condition);
	}
	r->slice = arena_grow(r->arena, r->slice, r->slice_count, &r->slice_cap, sizeof(*r->slice));
	r->slice[r->slice_count++] = s;
}

void
shelf_add(struct catalogue *r, const struct rule_file *f)
{
	for (size_t i = 1; i <= f->line_count; i++) {
		if (str_starts(catalogue_line(f, i), STR("- ")))
			add_slice(r, f, i);
	}
}

static bool
begins_words(struct str line)
{
	static const struct str keys[] = {
		STR("  explain:"),
		STR("  next:"),
		STR("  refs:"),
		STR("  tests:"),
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (str_starts(line, keys[i]))
			return true;
	}
	return false;
}

/* The item without what it says, which is two thirds of it and comes last. */
static struct str
text_of(const struct slice *s)
{
	size_t from = s->file->line[s->line - 1];
	size_t end = s->line;

	while (end < s->end_line && !begins_words(catalogue_line(s->file, end)))
		end++;
	return (struct str){ s->file->text.p + from, s->file->line[end - 1] - from };
}

static void
take(struct catalogue *r, struct slice *s)
{
	struct node_problem why = { 0 };
	struct node *root = NULL;
	bool trusting = r->trusting; /* a rule on the shelf may take a parameter off it */

	s->done = true;
	if (!node_parse(text_of(s), r->arena, &root, &why) || root == NULL ||
	    root->type != NODE_LIST) {
		catalogue_complain(r, (struct complaint){ s->file, s->line, 1,
							  why.text == NULL ? "no list" : why.text,
							  false });
		return;
	}
	r->trusting = true;
	if (s->is_param)
		catalogue_take_params(r, s->file, root);
	else
		catalogue_take_rule(r, s->file, root->child, s->line, s->end_line);
	r->trusting = trusting;
}

/* Nothing is known of the first step of the path, so nothing behind it. */
static bool
is_unknown(struct catalogue *r, struct str needs, const struct fact_row *root)
{
	struct fact_path path = { .count = 0 };

	return needs.len != 0 && catalogue_path(r, SHAPE_ROOT, needs, &path) &&
	       facts_get(root, path.step[0])->count == 0;
}

static bool
fits(struct catalogue *r, struct str kinds, struct str kind)
{
	struct str word = { NULL, 0 };

	if (kinds.len == 0)
		return true;
	while (str_take_word(&kinds, &word)) {
		const struct param *p = str_take(&word, STR("$")) ? catalogue_param(r, word) : NULL;

		if (p == NULL && test_word_fits(kind, word))
			return true;
		for (size_t i = 0; p != NULL && i < p->word_count; i++) {
			if (test_word_fits(kind, p->word[i]))
				return true;
		}
	}
	return false;
}

void
shelf_take_for(struct catalogue *r, struct str kind, const struct facts *f)
{
	const struct fact_row *root = facts_root_const(f);

	for (size_t i = 0; i < r->slice_count; i++) {
		struct slice *s = &r->slice[i];

		if (!s->done && !s->is_param && fits(r, s->kinds, kind) &&
		    !is_unknown(r, s->needs, root))
			take(r, s);
	}
}

void
shelf_take_all(struct catalogue *r)
{
	for (size_t i = 0; i < r->slice_count; i++) {
		if (!r->slice[i].done)
			take(r, &r->slice[i]);
	}
}

void
shelf_take_param(struct catalogue *r, struct str name)
{
	for (size_t i = 0; i < r->slice_count; i++) {
		struct slice *s = &r->slice[i];

		if (s->is_param && !s->done && str_is(s->name, name))
			take(r, s);
	}
}

void
shelf_drop(struct catalogue *r, struct str id)
{
	for (size_t i = 0; i < r->slice_count; i++)
		r->slice[i].done |= !r->slice[i].is_param && str_is(r->slice[i].name, id);
}
