/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * finding.h - the rules that hold, best first.
 *
 * A cause comes before context, and context before health, so neither of those is ever the
 * verdict. Among causes the surer one is first; of equally sure ones the one with more
 * conditions, which says more, and then the one whose id comes first: never the one that
 * happens to stand first in a file. A cause that another one supersedes goes behind all
 * others.
 */
#ifndef VERDICT_FINDING_H
#define VERDICT_FINDING_H

#include "verdict/eval.h"
#include "verdict/rules.h"

/* What changed the confidence of a finding. */
struct adjustment {
	int by;
	const char *because;
};

struct finding {
	const struct rule *rule;
	const struct match *match; /* one a condition of the rule */
	int confidence;
	size_t weight; /* conditions that held */
	struct adjustment *adjustment;
	size_t adjustment_count;
	const struct rule *superseded_by; /* or NULL */
};

/* A cause that would hold if some fact were known. */
struct near_miss {
	const struct rule *rule;
	const struct condition *condition; /* the first whose fact is not known */
};

struct findings {
	struct finding *finding;
	size_t count;
	struct near_miss *near;
	size_t near_count;
	const struct error *trouble; /* a rule that could not be judged, or NULL */
};

struct findings finding_all(const struct rules *rules, const struct facts *f, struct arena *a);

#endif
