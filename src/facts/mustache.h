/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mustache.h - templates over facts: reports, and what rules say.
 *
 * The syntax is Mustache's (mustache(5)), without lambdas, inheritance and set delimiters:
 *
 *   {{fault.address}}              the value, escaped for the output; nothing if unknown
 *   {{{path}}}, {{&path}}          the same without escaping
 *   {{#path}} ... {{/path}}        once for each row or value of a list or map; once if the
 *                                  fact is known (a boolean: if it is true); once if any fact
 *                                  below path is known ("fault", "panic.task.syscall")
 *   {{^path}} ... {{/path}}        if {{#path}} would not be shown at all
 *   {{.}}                          in a section: the value itself
 *   {{! comment }}, {{> partial}}
 *
 * Two things are ours: {{#path?}} ... {{/path?}} is shown once if {{#path}} would be shown at
 * all (a heading above a list), and a variable that leads to several values shows them all,
 * with commas between ({{tool.features}}). Inside a map's section {{name}} and {{value}} are
 * those of the entry.
 *
 * Every name is resolved when the template is parsed, from the innermost section outwards,
 * by the schema alone: a template that parses cannot fail later, and a path that does not
 * exist is refused with its line, column and the nearest path that does.
 */
#ifndef FACTS_MUSTACHE_H
#define FACTS_MUSTACHE_H

#include "facts/escape.h"
#include "facts/facts.h"

struct mustache;

/* Where {{> name}} comes from. */
struct mustache_partials {
	bool (*find)(void *ctx, struct str name, struct str *text);
	void *ctx;
};

/* Parses a template over rows of a shape. Errors read "name:line:column: ..."; text is
 * borrowed. A template without partials passes NULL for them. */
const struct error *mustache_parse(struct str text, const char *name, enum fact_shape from,
				   struct arena *a, struct mustache **out) MUST_CHECK;
const struct error *mustache_parse_with(struct str text, const char *name, enum fact_shape from,
					const struct mustache_partials *partials, struct arena *a,
					struct mustache **out) MUST_CHECK;

/* The filled template. The row is of the shape that it was parsed for. */
struct str mustache_render(const struct mustache *m, const struct fact_row *row, enum escape how,
			   struct arena *a);

/* The same, to the end of a text that may have something in it. */
void mustache_write(const struct mustache *m, const struct fact_row *row, struct escaper *e);

/* Every variable outside sections is known, so that no sentence has a hole. */
bool mustache_is_whole(const struct mustache *m, const struct fact_row *row);

#endif
