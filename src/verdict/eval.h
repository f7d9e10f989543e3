/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * eval.h - does this rule hold? Looks at facts, changes nothing.
 *
 * A condition on a fact that is not known does not hold; not: holds unless what it denies is
 * known to hold.
 */
#ifndef VERDICT_EVAL_H
#define VERDICT_EVAL_H

#include "verdict/rule.h"

/* What a condition met. */
struct match {
	bool looked; /* the condition was looked at at all */
	bool held;
	bool unknown; /* its fact has no value */
	bool gave_up; /* its expression took too long, so that it is not known whether it holds */
	size_t row;   /* number of the row that a some: block holds for, or comes nearest in, from 0
		       */
	size_t value; /* number of the value that made it hold, from 0, in facts_each()'s order */
};

struct eval {
	const struct rule *rule;
	const struct facts *facts;
	struct match *match; /* one a condition; written */
	bool hopeless;       /* expressions are not tried any more: too many took too long */
	bool nearest; /* for people: a some: block that no row fits shows the row that comes nearest
		       */
};

/* Conditions first ... end - 1 of the rule, all of which must hold. Stops at the first that
 * does not, unless all is set. */
bool eval_holds(const struct eval *e, size_t first, size_t end, bool all);

#endif
