/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/catalogue.h"

#include "verdict/shelf.h"

#include <string.h>

void
catalogue_complain(struct catalogue *r, struct complaint c)
{
	r->complaint = arena_grow(r->arena, r->complaint, r->complaint_count, &r->complaint_cap,
				  sizeof(*r->complaint));
	r->complaint[r->complaint_count++] = c;
}

struct param *
catalogue_param(struct catalogue *r, struct str name)
{
	shelf_take_param(r, name);
	for (size_t i = 0; i < r->param_count; i++) {
		if (str_is(r->param[i]->name, name))
			return r->param[i];
	}
	return NULL;
}

const struct rule_case *
catalogue_case(const struct catalogue *r, struct str name)
{
	for (size_t i = 0; i < r->case_count; i++) {
		if (str_is(r->test_case[i].name, name))
			return &r->test_case[i];
	}
	return NULL;
}

struct rule *
catalogue_rule(const struct catalogue *r, struct str id)
{
	for (size_t i = r->rule_count; i-- != 0;) {
		if (!r->rule[i]->overridden && str_is(r->rule[i]->id, id))
			return r->rule[i];
	}
	return NULL;
}

void
catalogue_add_rule(struct catalogue *r, struct rule *rule)
{
	r->rule = arena_grow(r->arena, r->rule, r->rule_count, &r->rule_cap, sizeof(struct rule *));
	r->rule[r->rule_count++] = rule;
}

void
catalogue_add_param(struct catalogue *r, struct param *p)
{
	r->param = arena_grow(r->arena, r->param, r->param_count, &r->param_cap,
			      sizeof(struct param *));
	r->param[r->param_count++] = p;
}

/* Where each line begins, and the end of the text. */
static void
find_lines(struct rule_file *f, struct arena *a)
{
	size_t cap = 0;
	struct str rest = f->text;
	struct str line = { NULL, 0 };

	do {
		f->line = arena_grow(a, f->line, f->line_count, &cap, sizeof(*f->line));
		f->line[f->line_count++] = f->text.len - rest.len;
	} while (str_cut(&rest, '\n', &line));
	f->line = arena_grow(a, f->line, f->line_count, &cap, sizeof(*f->line));
	f->line[f->line_count] = f->text.len;
}

void
catalogue_add_file(struct catalogue *r, const char *name, struct str text, bool built_in)
{
	struct rule_file *f = ARENA_NEW(r->arena, struct rule_file);

	f->name = name;
	f->text = text;
	f->batch = r->batch;
	f->built_in = built_in;
	find_lines(f, r->arena);
	r->file = arena_grow(r->arena, r->file, r->file_count, &r->file_cap,
			     sizeof(struct rule_file *));
	r->file[r->file_count++] = f;
}

const char *
catalogue_hint(struct arena *a, struct str wanted, const struct str *name, size_t count)
{
	size_t best = wanted.len / 3 + 2;
	struct str nearest = { NULL, 0 };

	for (size_t i = 0; i < count; i++) {
		size_t d = str_distance(wanted, name[i]);

		if (d < best) {
			best = d;
			nearest = name[i];
		}
	}
	if (nearest.p == NULL)
		return "";
	return arena_printf(a, "; did you mean '%.*s'?", STR_ARG(nearest));
}

struct str
catalogue_line(const struct rule_file *f, size_t n)
{
	if (n == 0 || n > f->line_count)
		return (struct str){ NULL, 0 };

	struct str s = { f->text.p + f->line[n - 1], f->line[n] - f->line[n - 1] };
	struct str line = { NULL, 0 };

	(void)str_take_line(&s, &line);
	return line;
}
