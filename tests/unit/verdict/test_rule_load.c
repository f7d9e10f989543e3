/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/limits.h"
#include "base/text.h"
#include "verdict/catalogue.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RULE "- id: a\n  title: t\n  origin: bug\n  confidence: 50\n  when:\n"

/* The first complaint about a file, as --check-rules would begin to print it. */
static const char *
complaint(struct arena *a, const char *yaml)
{
	struct rules *r = rules_new(a);
	const struct error *e = rules_load_text(r, "x.yaml", str_of(yaml));

	return e == NULL ? "" : error_text(a, e);
}

static void
complaints_name_line_column_and_what_is_near(void **state)
{
	static const char *const cases[][2] = {
		{ RULE "    - fault.adress below 4",
		  "x.yaml:6:7: no fact is called 'fault.adress'; did you mean 'fault.address'?" },
		{ RULE "    - fault.address beloww 4",
		  "x.yaml:6:21: no test is called 'beloww'; did you mean 'below'?" },
		{ RULE "    - fault.address below four", "x.yaml:6:27: 'four' is not a number" },
		{ RULE "    - event.kind below 4",
		  "x.yaml:6:18: 'below' cannot be asked of it: this fact is a text" },
		{ RULE "    - event.kind is null_dref",
		  "x.yaml:6:21: no kind is called 'null_dref'; did you mean 'null_deref'?" },
		{ RULE "    - event.kind in gpf page_falt",
		  "x.yaml:6:21: no kind is called 'page_falt'; did you mean 'page_fault'?" },
		{ RULE "    - fault.access is write_",
		  "x.yaml:6:23: this fact is never 'write_'; did you mean 'write'?" },
		{ RULE "    - event.pid above $many",
		  "x.yaml:6:23: no parameter is called 'many'" },
		{ RULE "    - event.head matches a(b", "x.yaml:6:26: missing closing parenthesis" },
		{ RULE "    - fault is 3",
		  "x.yaml:6:7: 'fault' is not a fact: several begin with it" },
		{ RULE "    - event.kind known yes", "x.yaml:6:24: nothing may follow 'known'" },
		{ RULE "    - event.kind is", "x.yaml:6:20: 'is' needs something to compare with" },
		{ RULE "    - both: [ event.kind known ]",
		  "x.yaml:6:7: conditions are lines, or one of any:, all:, not:, or some: with "
		  "where:" },
		{ RULE "    - system.release newer five",
		  "x.yaml:6:28: a kernel release begins like 5.18" },
		{ "- id: a\n  titel: t\n",
		  "x.yaml:2:3: a rule has no 'titel'; did you mean 'title'?" },
		{ "- id: a\n  title: x {{event.knid}}\n",
		  "x.yaml:2:12: no fact is called 'event.knid'; did you mean 'event.kind'?" },
		{ "- id: a\n  title: x\n  explain: >\n    words and\n    more {{event.knid}}\n",
		  "x.yaml:5:10: no fact is called 'event.knid'; did you mean 'event.kind'?" },
		{ "- id: a\n  title: 'it''s{{> wher }}'\n",
		  "x.yaml:2:16: no phrase is called 'wher'; did you mean 'where'?" },
		{ "- id: a\n  title: \"{{#event.kind}}\"\n",
		  "x.yaml:2:11: 'event.kind' is not closed" },
		{ "- id: a\n  title: \"\\x7b{event.knid}}\"\n", /* not written as it reads */
		  "x.yaml:2:10: no fact is called 'event.knid'; did you mean 'event.kind'?" },
		{ "- id: A b\n", "x.yaml:1:7: an id is lower-case letters, digits and dashes" },
		{ "- id: a\n  origin: bugg\n",
		  "x.yaml:2:11: origin cannot be 'bugg'; did you mean 'bug'?" },
		{ "- id: a\n  id: a\n", "x.yaml:2:3: 'id' stands here for the second time" },
		{ "- &x id: a\n", "x.yaml:1:3: anchors, aliases and tags are not read here" },
		{ "id: a\n", "x.yaml:1:1: a rule file is a list: each rule begins with '- id:'" },
		{ "- id: [\n", "x.yaml:2:1: this is not YAML: did not find expected node content" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *said = complaint(*state, cases[i][0]);

		if (strncmp(said, cases[i][1], strlen(cases[i][1])) != 0)
			print_error("%s\n", said);
		assert_true(strncmp(said, cases[i][1], strlen(cases[i][1])) == 0);
	}
}

static void
a_bad_rule_does_not_take_the_good_ones_with_it(void **state)
{
	struct rules *r = rules_new(*state);
	const struct error *e =
		rules_load_text(r, "x.yaml",
				STR(RULE "    - nonsense\n- id: b\n  title: t\n  role: context\n"
					 "  when: event.kind known\n"));

	assert_non_null(e);
	assert_int_equal(e->code, ERROR_USAGE);
	assert_int_equal(rules_count(r), 1);
}

static void
a_later_file_overrides_a_rule_and_a_parameter_by_name(void **state)
{
	struct rules *r = rules_new(*state);

	assert_null(rules_load_text(r, "a.yaml",
				    STR("- param: many\n  value: 5\n- id: a\n  title: t\n"
					"  role: context\n  when: event.pid above $many\n")));
	assert_null(rules_load_text(r, "b.yaml", STR("- param: many\n  value: 7\n")));
	assert_int_equal(rules_count(r), 1);
	assert_int_equal((int)r->all->rule[0]->condition[0].operand.number.param->number, 7);
	assert_null(rules_load_text(r, "c.yaml",
				    STR("- id: a\n  title: mine\n  role: context\n"
					"  when: event.pid known\n")));
	assert_int_equal(rules_count(r), 1);
	assert_string_equal(catalogue_rule(r->all, STR("a"))->title.p, "mine");
	assert_non_null(rules_load_text(r, "d.yaml", STR("- param: many\n  value: lots\n")));
}

static void
no_more_rules_are_taken_than_can_be_compared(void **state)
{
	struct rules *r = rules_new(*state);
	struct text t = text_new(*state);

	for (size_t i = 0; i <= LIMIT_RULES; i++)
		text_printf(&t,
			    "- id: r%zu\n  title: t\n  role: context\n  when: event.kind known\n",
			    i);
	assert_string_equal(error_text(*state, rules_load_text(r, "x.yaml", text_str(&t))),
			    "x.yaml:20001:3: this is one rule too many");
	assert_int_equal(rules_count(r), LIMIT_RULES);
}

static void
two_rules_of_one_name_in_one_file_are_refused(void **state)
{
	assert_string_equal(
		complaint(*state, RULE "    - event.pid known\n" RULE "    - event.pid known\n"),
		"x.yaml:7:3: x.yaml:1 has a rule 'a' already");
}

static void
refuses_deep_nesting_and_endless_maps(void **state)
{
	char *deep = arena_alloc(*state, 200001, 1);
	char *wide = arena_alloc(*state, 20000, 1);
	size_t len = 0;

	memset(deep, '[', 200000);
	assert_non_null(strstr(complaint(*state, deep), "nest too deeply"));
	for (int i = 0; i < 1000; i++)
		len += (size_t)sprintf(wide + len, "k%d: 1\n", i);
	assert_non_null(strstr(complaint(*state, wide), "too many keys"));
}

static void
survives_every_truncation_and_every_flipped_byte(void **state)
{
	FILE *f = fopen("tests/fuzz/seeds/rules/everything.yaml", "r");
	char text[4096] = "";
	size_t len = 0;

	(void)state;
	assert_non_null(f);
	len = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	for (size_t i = 0; i < len; i++) {
		struct arena *a = arena_new(NULL);
		struct rules *r = rules_new(a);

		(void)!rules_load_text(r, "x", str_first(str_of(text), i));
		text[i] = (char)(text[i] ^ 0x15);
		(void)!rules_load_text(r, "x", str_of(text));
		text[i] = (char)(text[i] ^ 0x15);
		arena_free(a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(complaints_name_line_column_and_what_is_near),
		UNIT_TEST(a_bad_rule_does_not_take_the_good_ones_with_it),
		UNIT_TEST(a_later_file_overrides_a_rule_and_a_parameter_by_name),
		UNIT_TEST(no_more_rules_are_taken_than_can_be_compared),
		UNIT_TEST(two_rules_of_one_name_in_one_file_are_refused),
		UNIT_TEST(refuses_deep_nesting_and_endless_maps),
		UNIT_TEST(survives_every_truncation_and_every_flipped_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
