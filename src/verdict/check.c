/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check.c - the linter of rule files.
 */
#include "verdict/case.h"
#include "verdict/catalogue.h"
#include "verdict/eval.h"
#include "verdict/reach.h"
#include "verdict/test.h"
#include "verdict/words.h"

#include <stdlib.h>
#include <string.h>

struct checking {
	struct catalogue *rules;
	struct arena *arena;
	const struct rule *rule;
};

static void
complain(struct checking *c, const struct rule_file *f, size_t line, size_t column,
	 const char *text, bool warning)
{
	catalogue_complain(c->rules, (struct complaint){ f, line, column, text, warning });
}

static void
complain_of_rule(struct checking *c, const char *text, bool warning)
{
	complain(c, c->rule->file, c->rule->line, 3, text, warning);
}

static const char *
case_hint(const struct checking *c, struct str wanted)
{
	struct str *names = ARENA_ARRAY(c->arena, struct str, c->rules->case_count + 1);

	for (size_t i = 0; i < c->rules->case_count; i++)
		names[i] = c->rules->test_case[i].name;
	return catalogue_hint(c->arena, wanted, names, c->rules->case_count);
}

static const char *
rule_hint(const struct checking *c, struct str wanted)
{
	struct str *names = ARENA_ARRAY(c->arena, struct str, c->rules->rule_count + 1);

	for (size_t i = 0; i < c->rules->rule_count; i++)
		names[i] = c->rules->rule[i]->id;
	return catalogue_hint(c->arena, wanted, names, c->rules->rule_count);
}

/* Facts of a case by name, or written in its place. */
static struct facts *
facts_of(struct checking *c, const struct node *n, size_t first_line)
{
	struct node_problem why = { 0 };
	const struct rule_file *file = c->rule->file;
	const struct node *map = n;
	size_t line = n->line + first_line - 1;

	if (n->type == NODE_TEXT) {
		const struct rule_case *found = catalogue_case(c->rules, n->text);

		if (found == NULL) {
			complain(c, file, line, n->column,
				 arena_printf(c->arena, "no case is called '%s'%s", n->text.p,
					      case_hint(c, n->text)),
				 false);
			return NULL;
		}
		map = found->facts;
		file = found->file;
		first_line = 1;
	}

	struct facts *f = case_facts(map, c->arena, &why);

	if (f == NULL)
		complain(c, file, why.line + first_line - 1, why.column, why.text, false);
	return f;
}

static const char *
case_words(struct checking *c, const struct node *n)
{
	return n->type == NODE_TEXT ? arena_printf(c->arena, "case '%s'", n->text.p) : "this case";
}

/* Which line of "when" did not hold. */
static const char *
failed_line(const struct checking *c, const struct match *match)
{
	for (size_t i = 0; i < c->rule->when_end; i = c->rule->condition[i].end) {
		if (!match[i].held && c->rule->condition[i].op == CONDITION_TEST)
			return arena_printf(c->arena, ": '%s' does not hold",
					    c->rule->condition[i].text.p);
	}
	return "";
}

static void
try_case(struct checking *c, const struct node *n, bool fires)
{
	struct facts *f = facts_of(c, n, c->rule->line);
	struct match *match = ARENA_ARRAY(c->arena, struct match, c->rule->condition_count);
	struct eval e = { .rule = c->rule, .facts = f, .match = match };

	if (f == NULL || eval_holds(&e, 0, c->rule->when_end, true) == fires)
		return;
	complain(c, c->rule->file, n->line + c->rule->line - 1, n->column,
		 fires ? arena_printf(c->arena, "the rule is silent on %s%s", case_words(c, n),
				      failed_line(c, match))
		       : arena_printf(c->arena, "the rule fires on %s", case_words(c, n)),
		 false);
}

static void
try_cases(struct checking *c, const struct node *tests, const char *key)
{
	const struct node *list = tests == NULL ? NULL : node_find(tests, key);
	bool fires = strcmp(key, "fires") == 0;

	if (list == NULL || list->count == 0) {
		complain_of_rule(c,
				 arena_printf(c->arena, "no case shows where this rule %s",
					      fires ? "fires" : "is silent"),
				 false);
		return;
	}
	for (const struct node *n = list->child; n != NULL; n = n->next)
		try_case(c, n, fires);
}

static bool
fits_some_rule(const struct catalogue *r, struct str word)
{
	for (size_t i = 0; i < r->rule_count; i++) {
		if (!r->rule[i]->overridden && test_word_fits(r->rule[i]->id, word))
			return true;
	}
	return false;
}

static void
check_supersedes(struct checking *c)
{
	for (size_t i = 0; i < c->rule->supersedes_count; i++) {
		struct str id = c->rule->supersedes[i];

		if (!fits_some_rule(c->rules, id))
			complain_of_rule(c,
					 arena_printf(c->arena,
						      "it supersedes '%.*s', which is no rule%s",
						      STR_ARG(id), rule_hint(c, id)),
					 false);
	}
}

static bool
supersedes(const struct rule *r, const struct rule *other)
{
	for (size_t i = 0; i < r->supersedes_count; i++) {
		if (r != other && test_word_fits(other->id, r->supersedes[i]))
			return true;
	}
	return false;
}

/* What keeps the rule from ever being the verdict where the other one holds, or NULL. */
static const char *
shadow(const struct checking *c, const struct rule *other)
{
	const struct rule *rule = c->rule;

	if (supersedes(other, rule))
		return "and supersedes it";
	if (!supersedes(rule, other) && reach_least(other) > reach_most(rule))
		return arena_printf(c->arena,
				    "and is surer (%d, not %d); should this one supersede it?",
				    reach_least(other), reach_most(rule));
	return NULL;
}

static void
check_shadow(struct checking *c, const struct rule *other)
{
	if (other == c->rule || other->overridden || other->role != ROLE_CAUSE)
		return;
	if (supersedes(c->rule, other) && supersedes(other, c->rule) &&
	    str_compare(other->id, c->rule->id) < 0)
		complain_of_rule(c,
				 arena_printf(c->arena, "it supersedes '%.*s', which supersedes it",
					      STR_ARG(other->id)),
				 false);

	const char *how = shadow(c, other);

	if (how != NULL && reach_implies(c->rule, other))
		complain_of_rule(c,
				 arena_printf(c->arena,
					      "it can never be the verdict: '%.*s' (%s:%zu) holds "
					      "whenever it does, %s",
					      STR_ARG(other->id), other->file->name, other->line,
					      how),
				 true);
}

static void
check_reach(struct checking *c)
{
	const struct rule *r = c->rule;
	size_t dead = 0;
	const char *why = NULL;

	if (reach_find_dead(r, c->arena, &dead, &why)) {
		complain(c, r->file, r->condition[dead].line, r->condition[dead].column,
			 arena_printf(c->arena, "the rule can never hold: %s", why), false);
		return;
	}
	for (size_t i = 0; r->role == ROLE_CAUSE && i < c->rules->rule_count; i++)
		check_shadow(c, c->rules->rule[i]);
}

static void
check_words(struct checking *c, const struct rule_words *w)
{
	if (w->explain.len == 0)
		complain_of_rule(c, "it has no explain:, which tells a reader what happened", true);
	if (w->next_count == 0 && c->rule->role == ROLE_CAUSE)
		complain_of_rule(c, "it has no next:, which tells a reader what to do", true);
}

static void
check_rule(struct checking *c)
{
	struct rule_words w = words_read(c->rule, c->arena);

	check_supersedes(c);
	check_words(c, &w);
	check_reach(c);
	if (c->rule->file->built_in)
		return; /* checked with their cases when the program was built */
	try_cases(c, w.tests, "fires");
	try_cases(c, w.tests, "silent");
}

static int
by_place(const void *left, const void *right)
{
	const struct complaint *a = left;
	const struct complaint *b = right;
	int order = strcmp(a->file->name, b->file->name);

	if (order != 0)
		return order;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->column > b->column) - (a->column < b->column);
}

static void
print_complaint(const struct complaint *c, FILE *out)
{
	struct str line = catalogue_line(c->file, c->line);
	const char *level = c->warning ? "warning" : "error";

	if (c->line == 0) {
		fprintf(out, "%s: %s: %s\n", c->file->name, level, c->text);
		return;
	}
	fprintf(out, "%s:%zu:%zu: %s: %s\n", c->file->name, c->line, c->column, level, c->text);
	if (line.len == 0 || line.len > 200)
		return;
	fprintf(out, "%6zu | %.*s\n", c->line, STR_ARG(line));
	fprintf(out, "       | %*s\n", (int)(c->column > 200 ? 1 : c->column), "^");
}

bool
rules_check(const struct rules *rules, FILE *out)
{
	struct catalogue *r = rules->all;

	/* What the check itself finds is not kept: it works on a copy of the list. */
	struct catalogue copy = *r;
	struct checking c = { .rules = &copy, .arena = r->arena };
	size_t errors = 0;

	copy.complaint_cap = copy.complaint_count;
	for (size_t i = 0; i < r->rule_count; i++) {
		c.rule = r->rule[i];
		if (!c.rule->overridden)
			check_rule(&c);
	}
	if (copy.complaint_count != 0)
		qsort(copy.complaint, copy.complaint_count, sizeof(*copy.complaint), by_place);
	for (size_t i = 0; i < copy.complaint_count; i++) {
		print_complaint(&copy.complaint[i], out);
		errors += !copy.complaint[i].warning;
	}
	fprintf(out, "%zu rules, %zu errors, %zu warnings\n", rules_count(rules), errors,
		copy.complaint_count - errors);
	return errors == 0;
}
