/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people see of rules: the linter, the list, an explanation. */
#include "verdict/case.h"
#include "verdict/rules.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULE                                                                                \
	"- id: a\n  title: T{{#event.function}} in {{event.function}}{{/event.function}}\n" \
	"  origin: bug\n  confidence: 50\n  when:\n    - event.kind is gpf\n"               \
	"    - not: event.module is m\n"
#define WORDS "  explain: e\n  next: [ n ]\n"

static const char *
printed(struct arena *a, struct rules *r,
	bool (*print)(struct rules *r, struct arena *a, FILE *out), bool *ok)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	*ok = print(r, a, out);
	fclose(out);

	const char *copy = arena_printf(a, "%s", text);

	free(text);
	return copy;
}

static bool
check(struct rules *r, struct arena *a, FILE *out)
{
	(void)a;
	return rules_check(r, out);
}

static bool
list(struct rules *r, struct arena *a, FILE *out)
{
	(void)a;
	rules_list(r, out);
	return true;
}

static bool
explain(struct rules *r, struct arena *a, FILE *out)
{
	struct facts *f = facts_new(a);
	struct fact_row *event =
		facts_put_row(facts_root(f), FACT_EVENTS, (struct origin){ ORIGIN_LOG, "line 3" });

	facts_put_alias(facts_root(f), FACT_EVENT, event, (struct origin){ ORIGIN_LOG, "line 3" });
	struct explanation *x = NULL;

	facts_put_text(event, EVENT_KIND, STR("gpf"), (struct origin){ ORIGIN_LOG, "line 3" });
	if (rules_explain(r, "a", f, &x) != NULL)
		return false;
	rules_print_explanation(x, out);
	return true;
}

static const char *
checked(struct arena *a, const char *yaml, bool *ok)
{
	struct rules *r = rules_new(a);

	(void)!rules_load_text(r, "x.yaml", str_of(yaml));
	return printed(a, r, check, ok);
}

static void
assert_says(struct arena *a, const char *yaml, const char *what)
{
	bool ok = true;
	const char *text = checked(a, yaml, &ok);

	if (strstr(text, what) == NULL)
		print_error("%s\n", text);
	assert_non_null(strstr(text, what));
	assert_false(ok);
}

static void
a_good_rule_passes(void **state)
{
	bool ok = false;
	const char *text = checked(*state,
				   RULE WORDS "  tests:\n    fires: [ { event.kind: gpf } ]\n"
					      "    silent: [ { event.kind: nmi } ]\n",
				   &ok);

	assert_string_equal(text, "1 rules, 0 errors, 0 warnings\n");
	assert_true(ok);
}

static void
shows_the_line_with_a_mark_under_the_place(void **state)
{
	assert_says(*state, "- id: a\n  titel: x\n",
		    "x.yaml:2:3: error: a rule has no 'titel'; did you mean 'title'?\n"
		    "     2 |   titel: x\n"
		    "       |   ^\n");
}

static void
refuses_rules_without_cases_and_cases_that_are_wrong(void **state)
{
	assert_says(*state, RULE WORDS, "no case shows where this rule fires");
	assert_says(*state, RULE WORDS "  tests: { fires: [ { event.kind: gpf } ] }\n",
		    "no case shows where this rule is silent");
	assert_says(
		*state,
		RULE WORDS "  tests:\n    fires: [ { event.kind: nmi } ]\n"
			   "    silent: [ { event.kind: gpf } ]\n",
		"x.yaml:11:14: error: the rule is silent on this case: 'event.kind is gpf' does "
		"not hold");
	assert_says(*state,
		    RULE WORDS "  tests:\n    fires: [ { event.kind: gpf } ]\n"
			       "    silent: [ { event.kind: gpf } ]\n",
		    "x.yaml:12:15: error: the rule fires on this case");
	assert_says(*state, RULE WORDS "  tests: { fires: [ nope ], silent: [ nope ] }\n",
		    "no case is called 'nope'");
	assert_says(*state, RULE WORDS "  tests: { fires: [ { event.knd: gpf } ], silent: [] }\n",
		    "no fact is called 'event.knd'; did you mean 'event.kind'?");
}

static void
wants_words_and_known_rules(void **state)
{
	assert_says(*state, RULE, "warning: it has no explain:");
	assert_says(*state, RULE "  supersedes: b\n" WORDS, "it supersedes 'b', which is no rule");
}

#define WITH(conditions) \
	"- id: a\n  title: T\n  origin: bug\n  confidence: 50\n  when:\n" conditions WORDS

static void
a_rule_that_can_never_hold_is_refused(void **state)
{
	static const struct {
		const char *yaml;
		const char *says;
	} cases[] = {
		{ WITH("    - event.kind is gpf\n    - event.kind in nmi page_*\n"),
		  "'event.kind is gpf' and 'event.kind in nmi page_*' cannot both hold" },
		{ WITH("    - event.pid below 5\n    - event.pid above 5\n"), "cannot both hold" },
		{ WITH("    - event.pid below 5\n    - event.pid is 5\n"), "cannot both hold" },
		{ WITH("    - event.pid within 9..5\n"), "the range is empty" },
		{ WITH("    - event.fatal is true\n    - event.fatal is false\n"),
		  "cannot both hold" },
		{ WITH("    - event.module unknown\n    - event.module is m\n"),
		  "cannot both hold" },
		{ WITH("    - event.module is m\n    - not: event.module is m\n"),
		  "'event.module is m' is asked for and denied" },
		{ WITH("    - system.release older 5.4\n    - system.release newer 5.4\n"),
		  "cannot both hold" },
		{ WITH("    - event.kind is gpf\n    - any: []\n"),
		  "any: has nothing in it, so it never holds" },
		{ WITH("    - event.kind is gpf\n    - any: [ event.kind is nmi, "
		       "event.kind is bug_on ]\n"),
		  "cannot both hold" },
		{ WITH("    - event.kind is gpf\n    - any:\n        - all: [ event.pid is 1, "
		       "event.pid is 2 ]\n"),
		  "cannot both hold" },
		{ WITH("    - some: modules\n      where: [ name is a, name is b ]\n"),
		  "'name is b' and 'name is a' cannot both hold" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_says(*state, cases[i].yaml, "the rule can never hold: ");
		assert_says(*state, cases[i].yaml, cases[i].says);
	}
}

static void
a_rule_that_may_hold_is_not_called_dead(void **state)
{
	static const char *const cases[] = {
		WITH("    - event.functions is a\n    - event.functions is b\n"),
		WITH("    - event.kind in gpf page_*\n    - event.kind in page_fault nmi\n"),
		WITH("    - event.pid above 5\n    - event.pid below 7\n"),
		WITH("    - event.pid within 5..5\n"),
		WITH("    - event.module is m\n    - not: [ event.module is n ]\n"),
		WITH("    - event.kind is gpf\n    - not: event.kind is nmi\n"),
		WITH("    - event.kind is gpf\n    - any: [ event.kind is nmi, event.pid is 1 ]\n"),
		WITH("    - system.release newer 5.4\n    - system.release older 5.10\n"),
		WITH("    - event.pid below {{event.cpu}}\n    - event.pid above 5\n"),
		WITH("    - any: [ event.pid is 1, event.pid is 2 ]\n"),
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool ok = false;
		const char *text = checked(*state, cases[i], &ok);

		if (strstr(text, "never hold") != NULL)
			print_error("%s\n%s\n", cases[i], text);
		assert_null(strstr(text, "never hold"));
	}
}

#define GENERAL                                                                                  \
	"- id: b\n  title: T\n  origin: bug\n  confidence: 60\n  when: [ event.kind in gpf nmi " \
	"]\n"

static void
a_rule_that_can_never_be_the_verdict_is_told(void **state)
{
	assert_says(*state, GENERAL WORDS RULE WORDS,
		    "it can never be the verdict: 'b' (x.yaml:1) holds whenever it does, and is "
		    "surer (60, not 50); should this one supersede it?");
	assert_says(*state, GENERAL "  supersedes: a\n" WORDS RULE WORDS,
		    "it can never be the verdict: 'b' (x.yaml:1) holds whenever it does, and "
		    "supersedes it");
	assert_says(*state, GENERAL "  supersedes: a\n" WORDS RULE "  supersedes: b\n" WORDS,
		    "it supersedes 'a', which supersedes it");
}

static void
a_special_rule_that_supersedes_the_general_one_is_none_of_those(void **state)
{
	bool ok = false;
	const char *text = checked(*state, GENERAL WORDS RULE "  supersedes: b\n" WORDS, &ok);

	assert_null(strstr(text, "never be the verdict"));
}

static void
names_that_are_nearly_right_are_offered(void **state)
{
	assert_says(*state,
		    RULE "  supersedes: aa\n" WORDS "  tests: { fires: [ gp ] }\n"
			 "- case: gpf\n  facts: { event.kind: gpf }\n",
		    "no case is called 'gp'; did you mean 'gpf'?");
	assert_says(*state, RULE "  supersedes: aa\n" WORDS,
		    "it supersedes 'aa', which is no rule; did you mean 'a'?");
}

static void
the_list_shows_titles_without_templates(void **state)
{
	bool ok = false;
	struct rules *r = rules_new(*state);

	assert_null(rules_load_text(r, "x.yaml", STR(RULE)));

	const char *text = printed(*state, r, list, &ok);

	assert_non_null(strstr(text, "T in <event.function>\n"));
	assert_null(strstr(text, "{{"));
}

static void
an_explanation_shows_what_each_condition_met(void **state)
{
	bool ok = false;
	struct rules *r = rules_new(*state);

	assert_null(rules_load_text(r, "x.yaml", STR(RULE)));

	const char *text = printed(*state, r, explain, &ok);

	assert_true(ok);
	assert_non_null(strstr(text, "x.yaml:1\n\n- id: a\n"));
	assert_non_null(strstr(text, "It holds:\n  yes  event.kind is gpf\n"
				     "       event.kind is gpf   (line 3)\n"
				     "  yes  none of:\n  no     event.module is m\n"
				     "         event.module is not known\n"));
	assert_non_null(strstr(text, "\nconfidence 50\nIt is the verdict.\n"));
}

static const char *
explained(struct arena *a, const char *yaml, const char *id, const char *facts)
{
	struct rules *r = rules_new(a);
	struct node *root = NULL;
	struct node_problem why = { 0 };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_null(rules_load_text(r, "x.yaml", str_of(yaml)));
	assert_true(node_parse(str_of(facts), a, &root, &why));
	struct explanation *x = NULL;

	assert_null(rules_explain(r, id, case_facts(root, a, &why), &x));
	rules_print_explanation(x, out);
	fclose(out);

	const char *copy = arena_printf(a, "%s", text);

	free(text);
	return copy;
}

static void
an_explanation_says_what_became_of_the_rule(void **state)
{
	const char *rules =
		GENERAL "  raise: [ { if: event.pid is 1, by: 7, because: it is init } ]\n"
			"  supersedes: a\n" WORDS RULE WORDS;

	assert_non_null(strstr(explained(*state, rules, "a", "event: { kind: gpf, pid: 1 }"),
			       "It is superseded by 'b', which holds as well.\n"
			       "The verdict is 'b', confidence 67.\n"));
	assert_non_null(strstr(explained(*state, rules, "b", "event: { kind: gpf, pid: 1 }"),
			       "confidence 67: 60, +7 (it is init)\nIt is the verdict.\n"));
	assert_null(strstr(explained(*state, rules, "a", "event: { kind: nmi }"), "The verdict"));
}

static void
an_explanation_shows_the_row_that_comes_nearest(void **state)
{
	const char *rule = WITH("    - some: modules\n      where:\n        - name is b\n"
				"        - out_of_tree is true\n");
	const char *text = explained(
		*state, rule, "a",
		"modules: [ { name: a, out_of_tree: false }, { name: b, out_of_tree: false } ]");

	assert_non_null(strstr(text, "  no   some row of modules[]; number 2 of 2 comes nearest:\n"
				     "  yes    name is b\n         name is b   (written case)\n"
				     "  no     out_of_tree is true\n"
				     "         out_of_tree is false   (written case)\n"));
	text = explained(*state, rule, "a",
			 "modules: [ { name: a }, { name: b, out_of_tree: true } ]");
	assert_non_null(strstr(text, "  yes  some row of modules[]; number 2 of 2 is one:\n"));
	text = explained(*state, rule, "a", "event: { kind: gpf }");
	assert_non_null(strstr(text, "  no   some row of modules[], which has none:\n"));
}

static void
an_unknown_rule_is_answered_with_the_nearest(void **state)
{
	struct rules *r = rules_new(*state);
	struct explanation *x = NULL;
	const struct error *e = NULL;

	assert_null(rules_load_builtin_source(r));
	e = rules_explain(r, "null-pionter", NULL, &x);
	assert_non_null(e);
	assert_string_equal(e->message,
			    "no rule is called 'null-pionter'; did you mean 'null-pointer'?");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(a_good_rule_passes),
		UNIT_TEST(shows_the_line_with_a_mark_under_the_place),
		UNIT_TEST(refuses_rules_without_cases_and_cases_that_are_wrong),
		UNIT_TEST(wants_words_and_known_rules),
		UNIT_TEST(a_rule_that_can_never_hold_is_refused),
		UNIT_TEST(a_rule_that_may_hold_is_not_called_dead),
		UNIT_TEST(a_rule_that_can_never_be_the_verdict_is_told),
		UNIT_TEST(a_special_rule_that_supersedes_the_general_one_is_none_of_those),
		UNIT_TEST(names_that_are_nearly_right_are_offered),
		UNIT_TEST(an_explanation_says_what_became_of_the_rule),
		UNIT_TEST(an_explanation_shows_the_row_that_comes_nearest),
		UNIT_TEST(the_list_shows_titles_without_templates),
		UNIT_TEST(an_explanation_shows_what_each_condition_met),
		UNIT_TEST(an_unknown_rule_is_answered_with_the_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
