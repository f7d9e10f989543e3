/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/expand.h"

#include "facts/mustache.h"
#include "verdict/catalogue.h"

/* Phrases that titles have in common: {{> where}}. */
static const struct {
	const char *name;
	const char *text;
} phrases[] = {
	{ "where", "{{#event.function}} in {{event.function}}{{/event.function}}"
		   "{{#event.module}} [{{event.module}}]{{/event.module}}" },
	{ "access", "{{#event.access}}{{event.access}}{{/event.access}}"
		    "{{^event.access}}access{{/event.access}}" },
	{ "cpu", "{{#event.cpu}} on CPU {{event.cpu}}{{/event.cpu}}" },
	{ "who", "{{#event.comm}}{{event.comm}}{{#event.pid}} (pid {{event.pid}}){{/event.pid}}"
		 "{{/event.comm}}{{^event.comm}}a task{{/event.comm}}" },
};

static bool
find_phrase(void *ctx, struct str name, struct str *text)
{
	(void)ctx;
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		if (str_is_c(name, phrases[i].name)) {
			*text = str_of(phrases[i].text);
			return true;
		}
	}
	return false;
}

static const struct error *
parse(struct str text, struct arena *a, struct mustache **out)
{
	static const struct mustache_partials partials = { find_phrase, NULL };

	return mustache_parse_with(text, "template", SHAPE_ROOT, &partials, a, out);
}

static bool
is_phrase(struct str name)
{
	struct str ignored = { NULL, 0 };

	return find_phrase(NULL, name, &ignored);
}

static const char *
no_such_phrase(struct str name, struct arena *a)
{
	enum { COUNT = sizeof(phrases) / sizeof(phrases[0]) };
	struct str names[COUNT];

	for (size_t i = 0; i < COUNT; i++)
		names[i] = str_of(phrases[i].name);
	return arena_printf(a, "no phrase is called '%.*s'%s", STR_ARG(name),
			    catalogue_hint(a, name, names, COUNT));
}

/* From a tag to its end, or as much of it as stands there. */
static struct str
tag_at(struct str text, size_t off)
{
	struct str tag = str_from(text, off);
	size_t end = str_find(tag, STR("}}"));

	return str_first(tag, end == STR_NONE ? 2 : end + 2);
}

/* A phrase that there is not; what else is wrong with templates is the parser's to say. */
static bool
check_phrases(struct str text, struct arena *a, struct expand_problem *p)
{
	size_t off = 0;

	for (size_t at = 0; (at = str_find(str_from(text, off), STR("{{>"))) != STR_NONE;) {
		struct str tag = tag_at(text, off + at);
		struct str name = str_trim(str_from(tag, 3));

		off += at + 3;
		if (!str_ends(name, STR("}}")))
			continue;
		name = str_trim(str_first(name, name.len - 2));
		if (!is_phrase(name)) {
			*p = (struct expand_problem){ no_such_phrase(name, a), tag };
			return false;
		}
	}
	return true;
}

/* The parser's "template:1:9: words" without the place, and the tag that stands there. */
static struct expand_problem
problem_of(struct str text, struct str error, struct arena *a)
{
	struct expand_problem p = { str_c(a, error), { NULL, 0 } };
	uint64_t line = 0;
	uint64_t column = 0;
	struct str here = { NULL, 0 };

	if (!str_take(&error, STR("template:")) || !str_take_decimal(&error, &line) ||
	    !str_take(&error, STR(":")) || !str_take_decimal(&error, &column) ||
	    !str_take(&error, STR(": ")))
		return p;
	p.text = str_c(a, error);
	while (line-- != 0 && str_take_line(&text, &here))
		;
	p.tag = tag_at(here, (size_t)column - 1);
	return p;
}

bool
expand_check(struct str text, struct arena *a, struct expand_problem *p)
{
	struct mustache *m = NULL;
	const struct error *e = NULL;

	if (!check_phrases(text, a, p))
		return false;
	e = parse(text, a, &m);
	if (e != NULL)
		*p = problem_of(text, str_of(error_text(a, e)), a);
	return e == NULL;
}

bool
expand(struct str text, const struct facts *f, struct arena *a, struct str *out)
{
	struct mustache *m = NULL;
	const struct fact_row *root = facts_root_const(f);

	if (!str_has(text, STR("{{"))) {
		*out = text;
		return true;
	}
	if (parse(text, a, &m) != NULL || !mustache_is_whole(m, root))
		return false;
	*out = str_trim(mustache_render(m, root, ESCAPE_NONE, a));
	return true;
}
