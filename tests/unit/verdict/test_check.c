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
	facts_put_text(event, EVENT_KIND, STR("gpf"), (struct origin){ ORIGIN_LOG, "line 3" });
	return rules_explain(r, "a", f, out) == NULL;
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
}

static void
an_unknown_rule_is_answered_with_the_nearest(void **state)
{
	struct rules *r = rules_new(*state);
	const struct error *e = NULL;

	assert_null(rules_load_builtin(r));
	e = rules_explain(r, "null-pionter", NULL, stdout);
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
		UNIT_TEST(the_list_shows_titles_without_templates),
		UNIT_TEST(an_explanation_shows_what_each_condition_met),
		UNIT_TEST(an_unknown_rule_is_answered_with_the_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
