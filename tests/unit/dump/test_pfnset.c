/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/pfnset.h"

#include "unit.h"

static void
lists_what_was_added_in_order(void **state)
{
	struct pfnset s = { .arena = *state };
	const uint64_t added[] = { 5, UINT64_MAX, 0, 1023, 512, 5, (uint64_t)1 << 40 };
	const uint64_t want[] = { 0, 5, 512, 1023, (uint64_t)1 << 40, UINT64_MAX };
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(added); i++)
		assert_int_equal(pfnset_add(&s, added[i]), i != 5);

	const uint64_t *list = pfnset_list(&s, *state, &count);

	assert_int_equal(count, ARRAY_LEN(want));
	assert_memory_equal(list, want, sizeof(want));
}

static void
has_what_was_added_and_nothing_else(void **state)
{
	struct pfnset s = { .arena = *state };

	assert_false(pfnset_has(&s, 0));
	for (uint64_t i = 0; i < 100000; i++)
		assert_true(pfnset_add(&s, i * 1000));
	for (uint64_t i = 0; i < 100000; i++) {
		assert_true(pfnset_has(&s, i * 1000));
		assert_false(pfnset_has(&s, i * 1000 + 1));
	}
	assert_int_equal(s.count, 100000);
}

static void
stops_growing_when_the_budget_ends(void **state)
{
	struct budget b = budget_of(0, 64 << 10);
	struct arena *a = arena_new(&b);
	struct pfnset s = { .arena = a };
	uint64_t n = 0;

	(void)state;
	while (n < 1000000 && pfnset_add(&s, n * 512))
		n++;
	assert_true(n < 1000000);
	assert_true(s.full);
	assert_true(pfnset_has(&s, 0));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(lists_what_was_added_in_order),
		UNIT_TEST(has_what_was_added_and_nothing_else),
		UNIT_TEST(stops_growing_when_the_budget_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
