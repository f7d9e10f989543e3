/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of the program itself. */
#include "verdict/case.h"
#include "verdict/catalogue.h"
#include "verdict/finding.h"
#include "verdict/shelf.h"
#include "verdict/words.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rules *
tree(struct arena *a)
{
	struct rules *r = rules_new(a);
	const struct error *e = rules_load_path(r, "rules");

	if (e == NULL)
		e = rules_load_path(r, "tests/rules/cases");
	if (e != NULL)
		print_error("%s\n", error_text(a, e));
	assert_null(e);
	return r;
}

static void
the_linter_finds_nothing_wrong_with_the_rules_in_the_tree(void **state)
{
	struct rules *r = tree(*state);

	assert_true(rules_check(r, stderr));
}

static void
the_built_in_rules_are_those_in_the_tree(void **state)
{
	struct rules *built_in = rules_new(*state);
	struct catalogue *all = tree(*state)->all;

	assert_null(rules_load_builtin(built_in));
	assert_int_equal(rules_count(built_in), all->rule_count);
	shelf_take_all(built_in->all);
	assert_int_equal(built_in->all->complaint_count, 0);
	for (size_t i = 0; i < all->rule_count; i++) {
		const struct rule *want = all->rule[i];
		const struct rule *got = catalogue_rule(built_in->all, want->id);

		assert_non_null(got);
		assert_string_equal(got->title.p, want->title.p);
		assert_int_equal(got->condition_count, want->condition_count);
		assert_int_equal(got->modifier_count, want->modifier_count);
		assert_int_equal(got->confidence, want->confidence);
	}
}

static void
assert_same_findings(struct arena *a, struct rules *whole, const struct node *map)
{
	struct rules *built_in = rules_new(a);
	struct node_problem why = { 0 };
	struct facts *f = case_facts(map, a, &why);

	assert_null(rules_load_builtin(built_in));

	struct findings want = finding_all(whole, f, a);
	struct findings got = finding_all(built_in, f, a);

	assert_int_equal(got.count, want.count);
	for (size_t k = 0; k < want.count; k++)
		assert_string_equal(got.finding[k].rule->id.p, want.finding[k].rule->id.p);
}

/* What stays on the shelf for some facts would not have held. */
static void
a_rule_that_is_left_on_the_shelf_does_not_hold(void **state)
{
	struct rules *whole = tree(*state);

	for (size_t i = 0; i < whole->all->case_count; i++)
		assert_same_findings(*state, whole, whole->all->test_case[i].facts);
}

static void
nor_for_the_facts_that_any_rule_fires_on(void **state)
{
	struct rules *whole = tree(*state);

	for (size_t i = 0; i < whole->all->rule_count; i++) {
		struct arena *a = arena_new(NULL);
		struct rule_words w = words_read(whole->all->rule[i], a);
		const struct node *fires = node_find(w.tests, "fires");

		for (const struct node *n = fires->child; n != NULL; n = n->next) {
			if (n->type == NODE_MAP)
				assert_same_findings(a, whole, n);
		}
		arena_free(a);
	}
}

static void
a_site_overrides_a_rule_that_is_on_the_shelf(void **state)
{
	struct rules *r = rules_new(*state);
	size_t count = 0;

	assert_null(rules_load_builtin(r));
	count = rules_count(r);
	assert_null(rules_load_text(r, "site.yaml",
				    STR("- id: null-pointer\n  title: mine\n  origin: bug\n"
					"  confidence: 1\n  when: event.kind known\n")));
	assert_int_equal(rules_count(r), count);
	shelf_take_all(r->all);
	assert_int_equal(rules_count(r), count);
	assert_string_equal(catalogue_rule(r->all, STR("null-pointer"))->title.p, "mine");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(the_linter_finds_nothing_wrong_with_the_rules_in_the_tree),
		UNIT_TEST(the_built_in_rules_are_those_in_the_tree),
		UNIT_TEST(a_rule_that_is_left_on_the_shelf_does_not_hold),
		UNIT_TEST(nor_for_the_facts_that_any_rule_fires_on),
		UNIT_TEST(a_site_overrides_a_rule_that_is_on_the_shelf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
