/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * template.h - reports from templates.
 *
 * The first line of a template may be {{! escape: markdown; layout: columns }}, and
 * "limit: 60000" (characters that a tracker takes) and "width: 72" with it; templates/README.md
 * has the whole list. Partials that every template may use: the marks of layout.h ({{>wrap}},
 * {{>col}}, {{>cell}}) and of parts.h ({{>part 3 Registers}}, {{>left-out}}), styles for
 * a terminal ({{>bold}}, {{>dim}}, {{>red}}, {{>yellow}}, {{>green}}, {{>plain}}; nothing
 * without colour), {{>fence}} (a line of backticks, more of them than any value has in a
 * row), and the embedded templates/_NAME.
 */
#ifndef REPORT_TEMPLATE_H
#define REPORT_TEMPLATE_H

#include "report/output.h"

/* Is it one? Errors read "name:line:column: ...". */
const struct error *template_check(struct str text, const char *name,
				   const struct output_options *o, struct arena *a) MUST_CHECK;

/* Fills it. */
const struct error *template_fill(struct str text, const char *name, const struct output_options *o,
				  const struct facts *f, struct arena *a,
				  struct str *out) MUST_CHECK;

#endif
