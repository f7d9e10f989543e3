/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verdict/rules.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
the_linter_finds_nothing_wrong_with_the_rules_in_the_tree(void **state)
{
	struct rules *r = rules_new(*state);
	const struct error *e = rules_load_path(r, "rules");

	if (e == NULL)
		e = rules_load_path(r, "tests/rules/cases");
	if (e != NULL)
		print_error("%s\n", error_text(*state, e));
	assert_true(rules_check(r, stderr));
	assert_null(e);
}

static void
the_built_in_rules_load_and_are_the_ones_in_the_tree(void **state)
{
	struct rules *built_in = rules_new(*state);
	struct rules *tree = rules_new(*state);

	assert_null(rules_load_builtin(built_in));
	assert_null(rules_load_path(tree, "rules"));
	assert_int_equal(rules_count(built_in), rules_count(tree));
	assert_true(rules_count(built_in) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(the_linter_finds_nothing_wrong_with_the_rules_in_the_tree),
		UNIT_TEST(the_built_in_rules_load_and_are_the_ones_in_the_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
