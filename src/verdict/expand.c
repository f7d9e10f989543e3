/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/expand.h"

#include "facts/mustache.h"

const char *
expand_check(struct str text, struct arena *a)
{
	struct mustache *m = NULL;
	const struct error *e = mustache_parse(text, "template", SHAPE_ROOT, a, &m);

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
	if (mustache_parse(text, "template", SHAPE_ROOT, a, &m) != NULL ||
	    !mustache_is_whole(m, root))
		return false;
	*out = str_trim(mustache_render(m, root, ESCAPE_NONE, a));
	return true;
}
