/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expand.h - the templates in rules: titles, explanations, next steps.
 *
 * They are facts/mustache.h's; what comes out becomes facts again, so nothing is escaped.
 * Phrases that many titles have are partials: {{> where}} is " in function [module]",
 * {{> access}} "read" or "access", {{> cpu}} " on CPU 1", {{> who}} "comm (pid 1)".
 */
#ifndef VERDICT_EXPAND_H
#define VERDICT_EXPAND_H

#include "facts/facts.h"

struct expand_problem {
	const char *text; /* what is wrong */
	struct str tag;   /* what stands there, or empty */
};

/* False, and *p says why, if it is no template. */
bool expand_check(struct str text, struct arena *a, struct expand_problem *p) MUST_CHECK;

/* On one line. False, and *out untouched, if a variable outside sections is not known: a
 * sentence with a hole in it is not said. */
bool expand(struct str text, const struct facts *f, struct arena *a, struct str *out) MUST_CHECK;

#endif
