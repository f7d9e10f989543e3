/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/reach.h"

#include "verdict/test.h"

#define NO_PARENT SIZE_MAX

struct reach {
	const struct rule *rule;
	struct arena *arena;
	size_t *parent; /* of each condition: the group round it, or NO_PARENT */
	bool *dead;
	const char *why; /* of the last one that was found dead */
};

static bool
is_test(const struct condition *c, const char *name)
{
	return c->op == CONDITION_TEST && c->test != NULL && str_is_c(str_of(name), c->test->name);
}

/* One value, and not several of which any may fit. */
static bool
is_single(const struct fact_path *p)
{
	for (size_t i = 0; i < p->count; i++) {
		if (facts_info(p->step[i])->form == FACT_FORM_LIST)
			return false;
	}
	return true;
}

static bool
is_same_path(const struct fact_path *a, const struct fact_path *b)
{
	if (a->count != b->count || !str_is(a->key, b->key))
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (a->step[i] != b->step[i])
			return false;
	}
	return true;
}

/* ---- numbers ---- */

struct interval {
	long double low;
	long double high;
	bool open_low; /* low itself is not in it */
	bool open_high;
};

static bool
is_constant(const struct number *n)
{
	return !n->has_fact;
}

static long double
value_of(const struct number *n)
{
	return n->param != NULL ? n->param->number : n->value;
}

/* False if the test is none that bounds a number, or depends on another fact. */
static bool
interval_of(const struct condition *c, struct interval *out)
{
	const struct operand *o = &c->operand;

	*out = (struct interval){ -1e30L, 1e30L, false, false };
	if (!is_constant(&o->number) || (o->has_to && !is_constant(&o->to)) || o->has_fact ||
	    c->kind == FACT_KIND_TEXT || c->kind == FACT_KIND_BOOL || c->kind == FACT_KIND_ROW)
		return false;
	if (is_test(c, "below")) {
		out->high = value_of(&o->number);
		out->open_high = true;
	} else if (is_test(c, "above")) {
		out->low = value_of(&o->number);
		out->open_low = true;
	} else if (is_test(c, "is")) {
		out->low = out->high = value_of(&o->number);
	} else if (is_test(c, "within")) {
		out->low = value_of(&o->number);
		out->high = o->has_to ? value_of(&o->to) : out->high;
	} else {
		return false;
	}
	return true;
}

static bool
is_apart(const struct interval *a, const struct interval *b)
{
	if (a->low > b->high || b->low > a->high)
		return true;
	if (!(a->low < b->high) && (a->open_low || b->open_high))
		return true;
	return !(b->low < a->high) && (b->open_low || a->open_high);
}

/* ---- words ---- */

struct words {
	struct str word[256];
	size_t count;
};

static bool
add_word(struct words *w, struct str word)
{
	if (w->count == sizeof(w->word) / sizeof(w->word[0]))
		return false;
	w->word[w->count++] = word;
	return true;
}

/* The words that the fact may be; false if that cannot be said. */
static bool
words_of(const struct condition *c, struct words *out)
{
	bool all = true;

	out->count = 0;
	if (c->kind != FACT_KIND_TEXT || c->operand.has_fact)
		return false;
	if (is_test(c, "is"))
		return add_word(out, c->operand.text);
	if (!is_test(c, "in"))
		return false;
	for (size_t i = 0; i < c->operand.word_count; i++) {
		const struct word *w = &c->operand.word[i];

		for (size_t k = 0; w->param != NULL && k < w->param->word_count; k++)
			all = all && add_word(out, w->param->word[k]);
		if (w->param == NULL)
			all = all && add_word(out, w->text);
	}
	return all;
}

/* May one text fit both? Two words with stars are taken to. */
static bool
may_meet(struct str a, struct str b)
{
	bool stars = str_find_char(a, '*') != STR_NONE && str_find_char(b, '*') != STR_NONE;

	return stars || test_word_fits(a, b) || test_word_fits(b, a);
}

static bool
are_words_apart(const struct condition *a, const struct condition *b)
{
	struct words left;
	struct words right;

	if (!words_of(a, &left) || !words_of(b, &right))
		return false;
	for (size_t i = 0; i < left.count; i++) {
		for (size_t k = 0; k < right.count; k++) {
			if (may_meet(left.word[i], right.word[k]))
				return false;
		}
	}
	return true;
}

/* Every word of the one fits some word of the other. */
static bool
are_words_inside(const struct condition *inner, const struct condition *outer)
{
	struct words in;
	struct words out;

	if (!words_of(inner, &in) || !words_of(outer, &out))
		return false;
	for (size_t i = 0; i < in.count; i++) {
		size_t k = 0;

		while (k < out.count && !test_word_fits(in.word[i], out.word[k]))
			k++;
		if (k == out.count)
			return false;
	}
	return true;
}

/* ---- two conditions on one fact ---- */

static bool
are_releases_apart(const struct condition *newer, const struct condition *older)
{
	return is_test(newer, "newer") && is_test(older, "older") &&
	       test_compare_releases(newer->operand.text, older->operand.text) >= 0;
}

static bool
wants_value(const struct condition *c)
{
	return c->test != NULL && c->test->holds != NULL;
}

static bool
are_apart(const struct condition *a, const struct condition *b)
{
	struct interval left;
	struct interval right;

	if (is_test(a, "unknown") && (wants_value(b) || is_test(b, "known")))
		return true;
	if (is_test(b, "unknown") && (wants_value(a) || is_test(a, "known")))
		return true;
	if (!is_single(&a->path))
		return false; /* one value may fit the one, and one the other */
	if (a->kind == FACT_KIND_BOOL && is_test(a, "is") && is_test(b, "is"))
		return a->operand.flag != b->operand.flag && !a->operand.has_fact &&
		       !b->operand.has_fact;
	if (interval_of(a, &left) && interval_of(b, &right))
		return is_apart(&left, &right);
	return are_words_apart(a, b) || are_releases_apart(a, b) || are_releases_apart(b, a);
}

static bool
is_same_test(const struct condition *a, const struct condition *b)
{
	return a->op == CONDITION_TEST && b->op == CONDITION_TEST && str_is(a->text, b->text);
}

/* ---- a whole rule ---- */

static void
find_parents(struct reach *r)
{
	for (size_t i = 0; i < r->rule->when_end; i++)
		r->parent[i] = NO_PARENT;
	for (size_t i = 0; i < r->rule->when_end; i++) {
		const struct condition *c = &r->rule->condition[i];

		for (size_t k = i + 1; c->op != CONDITION_TEST && k < c->end; k++)
			r->parent[k] = i; /* the innermost group comes last */
	}
}

/* Must condition k hold wherever condition i is looked at? */
static bool
is_beside(const struct reach *r, size_t i, size_t k)
{
	size_t round = r->parent[k];

	if (round == NO_PARENT)
		return true;
	if (r->rule->condition[round].op != CONDITION_ALL &&
	    r->rule->condition[round].op != CONDITION_SOME)
		return false;
	return i > round && i < r->rule->condition[round].end;
}

static bool
is_denied(const struct reach *r, size_t i)
{
	for (size_t p = r->parent[i]; p != NO_PARENT; p = r->parent[p]) {
		if (r->rule->condition[p].op == CONDITION_NOT)
			return true;
	}
	return false;
}

static const struct condition *
opponent_of(const struct reach *r, size_t i, bool same)
{
	const struct condition *c = &r->rule->condition[i];

	for (size_t k = 0; k < r->rule->when_end; k++) {
		const struct condition *other = &r->rule->condition[k];

		if (k == i || other->op != CONDITION_TEST || other->scope != c->scope ||
		    !is_beside(r, i, k) || !is_same_path(&c->path, &other->path))
			continue;
		if (same ? is_same_test(c, other) : are_apart(c, other))
			return other;
	}
	return NULL;
}

static bool
is_empty_range(const struct condition *c)
{
	struct interval in;

	return interval_of(c, &in) && in.low > in.high;
}

static void
kill_test(struct reach *r, size_t i)
{
	const struct condition *c = &r->rule->condition[i];
	const struct condition *other = is_denied(r, i) ? NULL : opponent_of(r, i, false);

	r->dead[i] = other != NULL || is_empty_range(c);
	if (other != NULL)
		r->why = arena_printf(r->arena, "'%.*s' and '%.*s' cannot both hold",
				      STR_ARG(other->text), STR_ARG(c->text));
	else if (r->dead[i])
		r->why = "the range is empty: its end lies before its start";
}

static void
kill_group(struct reach *r, size_t i)
{
	const struct condition *c = &r->rule->condition[i];
	size_t children = 0;
	size_t dead = 0;

	for (size_t k = i + 1; k < c->end; k = r->rule->condition[k].end) {
		children++;
		dead += r->dead[k];
		if (c->op == CONDITION_NOT && r->rule->condition[k].op == CONDITION_TEST &&
		    !is_denied(r, i) && opponent_of(r, k, true) != NULL) {
			r->dead[i] = true;
			r->why = arena_printf(r->arena, "'%.*s' is asked for and denied",
					      STR_ARG(r->rule->condition[k].text));
		}
	}
	if (c->op == CONDITION_ANY)
		r->dead[i] = dead == children;
	else if (c->op != CONDITION_NOT)
		r->dead[i] = dead != 0;
	if (children == 0 && c->op == CONDITION_ANY)
		r->why = "any: has nothing in it, so it never holds";
}

bool
reach_find_dead(const struct rule *rule, struct arena *a, size_t *condition, const char **why)
{
	struct reach r = {
		.rule = rule,
		.arena = a,
		.parent = ARENA_ARRAY(a, size_t, rule->when_end + 1),
		.dead = ARENA_ARRAY(a, bool, rule->when_end + 1),
	};

	find_parents(&r);
	/* Children stand behind their group. */
	for (size_t i = rule->when_end; i-- != 0;) {
		if (rule->condition[i].op == CONDITION_TEST)
			kill_test(&r, i);
		else
			kill_group(&r, i);
		if (r.dead[i] && r.parent[i] == NO_PARENT) {
			*condition = i;
			*why = r.why;
			return true;
		}
	}
	return false;
}

/* ---- two rules ---- */

static bool
is_same_tree(const struct condition *a, size_t a_count, const struct condition *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++) {
		if (a[i].op != b[i].op || !str_is(a[i].text, b[i].text))
			return false;
	}
	return true;
}

static bool
is_inside(const struct condition *inner, const struct condition *outer)
{
	struct interval in;
	struct interval out;

	if (inner->op != CONDITION_TEST || outer->op != CONDITION_TEST ||
	    !is_same_path(&inner->path, &outer->path))
		return false;
	if (is_test(outer, "known") && (wants_value(inner) || is_test(inner, "known")))
		return true;
	if (interval_of(inner, &in) && interval_of(outer, &out))
		return in.low > out.low && in.high < out.high;
	return are_words_inside(inner, outer);
}

static bool
implies_condition(const struct rule *r, const struct condition *wanted, size_t count)
{
	for (size_t i = 0; i < r->when_end; i = r->condition[i].end) {
		const struct condition *c = &r->condition[i];

		if (is_same_tree(c, c->end - i, wanted, count) || is_inside(c, wanted))
			return true;
	}
	return false;
}

bool
reach_implies(const struct rule *special, const struct rule *general)
{
	for (size_t i = 0; i < general->when_end; i = general->condition[i].end) {
		const struct condition *c = &general->condition[i];

		if (!implies_condition(special, c, c->end - i))
			return false;
	}
	return true;
}

static int
sum(const struct rule *r, int sign)
{
	int total = r->confidence;

	for (size_t i = 0; i < r->modifier_count; i++)
		total += r->modifier[i].by * sign > 0 ? r->modifier[i].by : 0;
	return total;
}

int
reach_least(const struct rule *r)
{
	return sum(r, -1);
}

int
reach_most(const struct rule *r)
{
	return sum(r, 1);
}
