/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/list.h"

#include "kernel/fakekernel.h"
#include "unit.h"

#define BASE 0xffff888000100000ULL

enum {
	NODES = 5,
	EACH = 0x40,
};

static uint64_t
node(size_t i)
{
	return BASE + i * EACH;
}

/* A head at node 0, and four entries round it. */
static struct fake *
list_new(struct arena *a)
{
	struct fake *f = fake_new(a);

	fake_region(f, BASE, NODES * EACH);
	for (size_t i = 0; i < NODES; i++) {
		fake_put(f, node(i), node((i + 1) % NODES), 8);
		fake_put(f, node(i) + 8, node((i + NODES - 1) % NODES), 8);
	}
	return f;
}

static size_t
walk(struct fake *f, size_t limit, uint64_t *order, const struct error **problem)
{
	struct list_walk w = list_walk_from(&f->mem, BASE, limit, "list of things", f->a);
	uint64_t va = 0;
	size_t count = 0;

	while (list_next(&w, &va)) {
		assert_true(count < NODES);
		order[count++] = va;
	}
	*problem = w.problem;
	return count;
}

static void
gives_every_entry_once(void **state)
{
	struct fake *f = list_new(*state);
	const struct error *problem = NULL;
	uint64_t order[NODES];

	assert_int_equal(walk(f, 100, order, &problem), 4);
	assert_null(problem);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(order[i], node(i + 1));
}

static void
gives_nothing_of_an_empty_list(void **state)
{
	struct fake *f = list_new(*state);
	const struct error *problem = NULL;
	uint64_t order[NODES];

	fake_put(f, node(0), node(0), 8);
	assert_int_equal(walk(f, 100, order, &problem), 0);
	assert_null(problem);
}

static void
goes_round_a_broken_link_from_the_other_end(void **state)
{
	static const uint64_t bad[] = { 0, 0xdead000000000100, BASE + 3, BASE + 0x10000 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct fake *f = list_new(*state);
		const struct error *problem = NULL;
		uint64_t order[NODES];

		fake_put(f, node(2), bad[i], 8);
		assert_int_equal(walk(f, 100, order, &problem) >= 4, 1);
		assert_non_null(problem);
		assert_int_equal(order[0], node(1));
		assert_int_equal(order[1], node(2));
	}
}

static void
ends_in_a_circle_that_leaves_out_the_head(void **state)
{
	struct fake *f = list_new(*state);
	const struct error *problem = NULL;
	uint64_t order[NODES];

	fake_put(f, node(3), node(2), 8);
	assert_int_equal(walk(f, 100, order, &problem), 4);
	assert_non_null(problem);
	assert_int_equal(order[3], node(4)); /* found from the end */
}

static void
stops_at_the_limit(void **state)
{
	struct fake *f = list_new(*state);
	const struct error *problem = NULL;
	uint64_t order[NODES];

	assert_int_equal(walk(f, 2, order, &problem), 2);
	assert_int_equal(problem->code, ERROR_LIMIT);
}

static void
reads_no_memory_that_is_not_there(void **state)
{
	struct fake *f = fake_new(*state);
	const struct error *problem = NULL;
	uint64_t order[NODES];

	assert_int_equal(walk(f, 100, order, &problem), 0);
	assert_int_equal(problem->code, ERROR_ABSENT);
}

static void
numbers_addresses_in_their_order(void **state)
{
	struct va_set s = { 0 };
	size_t number = 0;

	assert_false(va_set_has(&s, 1));
	for (uint64_t i = 1; i <= 1000; i++)
		assert_true(va_set_add(&s, i * 0x1000, *state));
	assert_false(va_set_add(&s, 0x5000, *state));
	assert_false(va_set_add(&s, 0, *state));
	assert_true(va_set_find(&s, 0x5000, &number));
	assert_int_equal(number, 4);
	assert_true(va_set_find(&s, 1000 * 0x1000, &number));
	assert_int_equal(number, 999);
	assert_false(va_set_find(&s, 0x5001, &number));
}

static void
refuses_addresses_beyond_the_budget(void **state)
{
	struct budget b = budget_of(0, 4096);
	struct arena *a = arena_new(&b);
	struct va_set s = { 0 };
	uint64_t i = 1;

	(void)state;
	while (va_set_add(&s, i, a))
		i++;
	assert_true(i > 16 && i < 4096 / 8);
	assert_true(va_set_has(&s, i - 1));
	assert_false(va_set_has(&s, i));
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(gives_every_entry_once),
		UNIT_TEST(gives_nothing_of_an_empty_list),
		UNIT_TEST(goes_round_a_broken_link_from_the_other_end),
		UNIT_TEST(ends_in_a_circle_that_leaves_out_the_head),
		UNIT_TEST(stops_at_the_limit),
		UNIT_TEST(reads_no_memory_that_is_not_there),
		UNIT_TEST(numbers_addresses_in_their_order),
		UNIT_TEST(refuses_addresses_beyond_the_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
