/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/finding.h"

#include "verdict/catalogue.h"
#include "verdict/shelf.h"
#include "verdict/test.h"

#include <stdlib.h>
#include <string.h>

enum {
	GIVE_UPS_MAX = 16, /* 2 ms each; a site's rules beyond that are hostile, or broken */
};

struct collecting {
	const struct facts *facts;
	struct arena *arena;
	struct findings out;
	size_t finding_cap;
	size_t near_cap;
	struct match *match; /* of the rule at hand */
	size_t match_cap;
	size_t given_up; /* conditions whose expression took too long */
};

static size_t
count_held(const struct rule *rule, const struct match *match)
{
	size_t held = 0;

	for (size_t i = 0; i < rule->when_end; i++)
		held += rule->condition[i].op == CONDITION_TEST && match[i].held;
	return held;
}

/* If one fact alone is missing, the condition that asks for it. */
static const struct condition *
missing_condition(const struct rule *rule, const struct match *match)
{
	const struct condition *missing = NULL;

	for (size_t i = 0; i < rule->when_end; i = rule->condition[i].end) {
		if (match[i].held)
			continue;
		if (missing != NULL || rule->condition[i].op != CONDITION_TEST || !match[i].unknown)
			return NULL;
		missing = &rule->condition[i];
	}
	return missing;
}

static void
note_near_miss(struct collecting *c, const struct eval *e)
{
	size_t first = 0;

	/* The first condition is what the rule is about; the others are looked at only then. */
	if (e->rule->role != ROLE_CAUSE || !c->match[first].held)
		return;
	(void)eval_holds(e, first, e->rule->when_end, true);

	const struct condition *missing = missing_condition(e->rule, c->match);

	if (missing == NULL)
		return;
	c->out.near = arena_grow(c->arena, c->out.near, c->out.near_count, &c->near_cap,
				 sizeof(*c->out.near));
	c->out.near[c->out.near_count++] = (struct near_miss){ e->rule, missing };
}

static const char *
words_of(const struct rule *rule, const struct modifier *m, struct arena *a)
{
	if (m->because.len != 0)
		return str_c(a, m->because);
	return str_c(a, rule->condition[m->first].text);
}

static void
adjust(struct finding *f, int by, const char *because)
{
	f->adjustment[f->adjustment_count++] = (struct adjustment){ by, because };
	f->confidence += by;
}

static void
add_finding(struct collecting *c, const struct eval *e)
{
	const struct rule *rule = e->rule;
	struct match *match = ARENA_ARRAY(c->arena, struct match, rule->condition_count);
	struct eval modifiers = {
		.rule = rule, .facts = e->facts, .match = match, .hopeless = e->hopeless
	};

	memcpy(match, c->match, rule->condition_count * sizeof(*match));
	c->out.finding = arena_grow(c->arena, c->out.finding, c->out.count, &c->finding_cap,
				    sizeof(*c->out.finding));

	struct finding *f = &c->out.finding[c->out.count++];

	*f = (struct finding){
		.rule = rule,
		.match = match,
		.confidence = rule->confidence,
		.weight = count_held(rule, match),
		.adjustment = ARENA_ARRAY(c->arena, struct adjustment, rule->modifier_count + 1),
	};
	for (size_t i = 0; i < rule->modifier_count; i++) {
		const struct modifier *m = &rule->modifier[i];

		if (eval_holds(&modifiers, m->first, m->end, true))
			adjust(f, m->by, words_of(rule, m, c->arena));
	}
	for (size_t i = rule->when_end; i < rule->condition_count; i++)
		c->given_up += match[i].gave_up;
}

/* What a site wrote may take for ever; what it would have said is not known then. */
static void
note_trouble(struct collecting *c, const struct rule *rule)
{
	for (size_t i = 0; i < rule->when_end; i++) {
		if (!c->match[i].gave_up)
			continue;
		c->given_up++;
		if (c->out.trouble == NULL)
			c->out.trouble =
				error_new(c->arena, ERROR_LIMIT,
					  "rule '%.*s' was not judged to the end: "
					  "'%.*s' takes too many steps",
					  STR_ARG(rule->id), STR_ARG(rule->condition[i].text));
	}
}

static void
try_rule(struct collecting *c, const struct rule *rule)
{
	if (c->match == NULL || rule->condition_count > c->match_cap) {
		c->match_cap = rule->condition_count * 2;
		c->match = ARENA_ARRAY(c->arena, struct match, c->match_cap);
	}
	memset(c->match, 0, rule->condition_count * sizeof(*c->match));

	struct eval e = {
		.rule = rule,
		.facts = c->facts,
		.match = c->match,
		.hopeless = c->given_up >= GIVE_UPS_MAX && !rule->file->built_in,
	};

	if (eval_holds(&e, 0, rule->when_end, false))
		add_finding(c, &e);
	else
		note_near_miss(c, &e);
	note_trouble(c, rule);
}

/* Findings that speak against an origin take from every cause of that origin. */
static void
weaken(struct findings *all, struct finding *f, struct arena *a)
{
	struct adjustment *more =
		ARENA_ARRAY(a, struct adjustment, f->adjustment_count + all->count);

	if (f->adjustment_count != 0)
		memcpy(more, f->adjustment, f->adjustment_count * sizeof(*more));
	f->adjustment = more;
	for (size_t i = 0; i < all->count; i++) {
		const struct rule *other = all->finding[i].rule;
		int by = other->weakens[f->rule->origin];

		if (by != 0 && other != f->rule)
			adjust(f, -by, str_c(a, other->id));
	}
}

/* A stack that two have seen, who do not know of each other, is the one that the task had. */
static void
confirm(const struct facts *facts, struct finding *f, struct arena *a)
{
	enum { MORE = 2, MOST = 98 };
	const struct fact_row *backtrace = facts_get_row(facts_root_const(facts), FACT_BACKTRACE);
	const struct fact *agrees =
		backtrace == NULL ? NULL : facts_get(backtrace, BACKTRACE_AGREES);

	if (agrees == NULL || agrees->count == 0 || !agrees->values[0].flag ||
	    f->confidence + MORE > MOST)
		return;

	struct adjustment *more = ARENA_ARRAY(a, struct adjustment, f->adjustment_count + 1);

	memcpy(more, f->adjustment, f->adjustment_count * sizeof(*more));
	f->adjustment = more;
	adjust(f, MORE, "the log's trace and the stack in memory agree");
}

static void
supersede(struct findings *all, const struct rule *by)
{
	for (size_t i = 0; i < by->supersedes_count; i++) {
		for (size_t k = 0; k < all->count; k++) {
			struct finding *f = &all->finding[k];

			if (f->rule != by && f->superseded_by == NULL &&
			    test_word_fits(f->rule->id, by->supersedes[i]))
				f->superseded_by = by;
		}
	}
}

static void
clamp(struct finding *f)
{
	if (f->confidence < 0)
		f->confidence = 0;
	if (f->confidence > 100)
		f->confidence = 100;
}

/* Without a look at what supersedes what. */
static int
compare_strength(const void *left, const void *right)
{
	const struct finding *a = left;
	const struct finding *b = right;

	if (a->confidence != b->confidence)
		return a->confidence > b->confidence ? -1 : 1;
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return str_compare(a->rule->id, b->rule->id);
}

static int
compare(const void *left, const void *right)
{
	const struct finding *a = left;
	const struct finding *b = right;

	if (a->rule->role != b->rule->role)
		return a->rule->role < b->rule->role ? -1 : 1;
	if ((a->superseded_by == NULL) != (b->superseded_by == NULL))
		return a->superseded_by == NULL ? -1 : 1;
	return compare_strength(a, b);
}

static struct str
kind_of(const struct facts *f)
{
	const struct fact_row *event = facts_get_row(facts_root_const(f), FACT_EVENT);
	struct str kind = { NULL, 0 };

	if (event != NULL)
		(void)facts_get_text(event, EVENT_KIND, &kind);
	return kind;
}

struct findings
finding_all(const struct rules *rules, const struct facts *f, struct arena *a)
{
	struct collecting c = { .facts = f, .arena = a };
	struct catalogue *all = rules->all;

	shelf_take_for(all, kind_of(f), f);
	for (size_t i = 0; i < all->rule_count; i++) {
		if (!all->rule[i]->overridden)
			try_rule(&c, all->rule[i]);
	}
	for (size_t i = 0; i < c.out.count; i++) {
		struct finding *one = &c.out.finding[i];

		if (one->rule->role == ROLE_CAUSE)
			weaken(&c.out, one, a);
		if (one->rule->role == ROLE_CAUSE)
			confirm(f, one, a);
		clamp(one);
	}
	if (c.out.count == 0)
		return c.out;
	/* The strongest first, so that what supersedes a rule does not depend on files either. */
	qsort(c.out.finding, c.out.count, sizeof(*c.out.finding), compare_strength);
	for (size_t i = 0; i < c.out.count; i++)
		supersede(&c.out, c.out.finding[i].rule);
	qsort(c.out.finding, c.out.count, sizeof(*c.out.finding), compare);
	return c.out;
}
