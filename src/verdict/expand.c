/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/expand.h"

#include "facts/mustache.h"

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

const char *
expand_check(struct str text, struct arena *a)
{
	struct mustache *m = NULL;
	const struct error *e = parse(text, a, &m);

	return e == NULL ? NULL : error_text(a, e);
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
