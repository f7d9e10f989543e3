/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/budget.h"

#include "unit.h"

static void
has_no_end_unless_it_is_given_one(void **state)
{
	struct budget b = budget_of(0, 0);

	(void)state;
	assert_false(budget_expired(NULL));
	assert_false(budget_expired(&b));
	assert_true(budget_take(&b, UINT64_MAX / 2));
}

static void
remembers_that_it_said_so(void **state)
{
	struct budget b = budget_of(1, 0);

	(void)state;
	while (!budget_expired(&b))
		continue;
	assert_true(b.time_ran_out);
}

static void
ends_a_part_without_ending_the_run(void **state)
{
	struct budget b = budget_of(0, 0);

	(void)state;
	budget_begin_part(&b, 0);
	assert_true(budget_expired(&b));
	assert_true(budget_end_part(&b));
	assert_false(budget_expired(&b));
	assert_false(b.time_ran_out);

	budget_begin_part(&b, 1000);
	assert_false(budget_expired(&b));
	assert_false(budget_end_part(&b));
}

static void
ends_the_run_within_a_part(void **state)
{
	struct budget b = budget_of(1, 0);

	(void)state;
	budget_begin_part(&b, 1000);
	while (!budget_expired(&b))
		continue;
	assert_false(budget_end_part(&b));
	assert_true(budget_expired(&b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(has_no_end_unless_it_is_given_one),
		UNIT_TEST(remembers_that_it_said_so),
		UNIT_TEST(ends_a_part_without_ending_the_run),
		UNIT_TEST(ends_the_run_within_a_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
