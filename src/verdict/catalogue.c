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

/* FNV-1a, 32 bits. */
static uint32_t
hash(enum fact_shape from, struct str text)
{
	uint32_t h = 2166136261u ^ (uint32_t)from;

	for (size_t i = 0; i < text.len; i++)
		h = (h ^ (uint8_t)text.p[i]) * 16777619u;
	return h;
}

bool
catalogue_path(struct catalogue *r, enum fact_shape from, struct str text, struct fact_path *out)
{
	struct known_path *k = &r->memo[hash(from, text) % PATH_MEMO];

	if (k->from == from && str_is(k->text, text)) {
		*out = k->path;
		return true;
	}
	if (!facts_find_path(from, text, out))
		return false;
	*k = (struct known_path){ from, text, *out };
	return true;
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
