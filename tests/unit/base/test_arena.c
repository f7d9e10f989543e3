/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/arena.h"

#include "unit.h"

#include <string.h>

static char order[8];

static void
note(void *letter)
{
	size_t len = strlen(order);

	order[len] = *(const char *)letter;
}

static void
runs_what_was_deferred_newest_first(void **state)
{
	struct arena *a = arena_new(NULL);
	char first = 'a';
	char second = 'b';

	(void)state;
	memset(order, 0, sizeof(order));
	arena_defer(a, note, &first);
	arena_defer(a, note, &second);
	arena_free(a);
	assert_string_equal(order, "ba");
}

static void
refuses_what_the_budget_does_not_allow_and_gives_back_what_was_freed(void **state)
{
	struct budget b = budget_of(0, 1000);
	struct arena *a = arena_new(&b);
	struct arena *t = arena_new_temporary(a);

	(void)state;
	assert_non_null(arena_try(t, 1, 900));
	assert_null(arena_try(a, 1, 200));
	assert_true(b.memory_ran_out);
	arena_free(t);
	assert_non_null(arena_try(a, 2, 450));
	assert_null(arena_try(a, SIZE_MAX, SIZE_MAX));
	arena_free(a);
	assert_int_equal(b.taken_bytes, 0);
}

static void
grows_an_array_and_keeps_what_was_in_it(void **state)
{
	int *numbers = NULL;
	size_t cap = 0;

	for (int i = 0; i < 100; i++) {
		numbers = arena_grow(*state, numbers, (size_t)i, &cap, sizeof(*numbers));
		numbers[i] = i;
	}
	for (int i = 0; i < 100; i++)
		assert_int_equal(numbers[i], i);
}

static void
a_deadline_that_has_passed_is_remembered(void **state)
{
	struct budget b = budget_of(1, 0);
	struct budget none = budget_of(0, 0);

	(void)state;
	while (!budget_expired(&b))
		;
	assert_true(b.time_ran_out);
	assert_false(budget_expired(&none));
	assert_false(budget_expired(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(runs_what_was_deferred_newest_first),
		UNIT_TEST(refuses_what_the_budget_does_not_allow_and_gives_back_what_was_freed),
		UNIT_TEST(grows_an_array_and_keeps_what_was_in_it),
		UNIT_TEST(a_deadline_that_has_passed_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
