/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/cycles.h"

#include "unit.h"

enum {
	FOUND_MAX = 8,
};

struct found {
	size_t count;
	size_t len[FOUND_MAX];
	uint32_t first[FOUND_MAX];
	size_t enough; /* stop after so many; 0: never */
};

static bool
note(void *ctx, const uint32_t *member, size_t count)
{
	struct found *f = ctx;

	assert_true(count != 0);
	if (f->count < FOUND_MAX) {
		f->len[f->count] = count;
		f->first[f->count] = member[0];
	}
	f->count++;
	return f->count != f->enough;
}

static struct found
search(struct arena *a, struct cycles_edge *edge, size_t edges, size_t nodes)
{
	struct found f = { 0 };

	assert_true(cycles_find(edge, edges, nodes, a, note, &f));
	return f;
}

static void
finds_two_that_wait_for_each_other(void **state)
{
	struct cycles_edge edge[] = { { 1, 2 }, { 2, 1 }, { 0, 1 } };
	struct found f = search(*state, edge, 3, 3);

	assert_int_equal(f.count, 1);
	assert_int_equal(f.len[0], 2);
	assert_int_equal(f.first[0], 1); /* 0 only waits behind them */
}

static void
finds_who_waits_for_himself(void **state)
{
	struct cycles_edge edge[] = { { 1, 1 } };
	struct found f = search(*state, edge, 1, 2);

	assert_int_equal(f.count, 1);
	assert_int_equal(f.len[0], 1);
}

static void
takes_a_diamond_for_no_cycle(void **state)
{
	struct cycles_edge edge[] = { { 0, 1 }, { 0, 2 }, { 1, 3 }, { 2, 3 } };

	assert_int_equal(search(*state, edge, 4, 4).count, 0);
}

static void
takes_two_waiters_behind_one_owner_for_no_cycle(void **state)
{
	struct cycles_edge edge[] = { { 0, 2 }, { 1, 2 } };

	assert_int_equal(search(*state, edge, 2, 3).count, 0);
}

static void
finds_every_ring_once(void **state)
{
	/* 0-1-2 and 3-4, joined by 2 -> 3; an edge is there twice. */
	struct cycles_edge edge[] = { { 4, 3 }, { 0, 1 }, { 1, 2 }, { 2, 0 },
				      { 3, 4 }, { 2, 3 }, { 0, 1 } };
	struct found f = search(*state, edge, 7, 5);

	assert_int_equal(f.count, 2);
	assert_int_equal(f.len[0] + f.len[1], 5);
}

static void
passes_over_edges_that_lead_nowhere(void **state)
{
	struct cycles_edge edge[] = { { 0, 9 }, { 9, 0 }, { 0, 0 } };

	assert_int_equal(search(*state, edge, 3, 1).count, 1);
	assert_int_equal(search(*state, NULL, 0, 0).count, 0);
}

static void
ends_when_it_is_told_to(void **state)
{
	struct cycles_edge edge[] = { { 0, 0 }, { 1, 1 }, { 2, 2 } };
	struct found f = { .enough = 1 };

	assert_true(cycles_find(edge, 3, 3, *state, note, &f));
	assert_int_equal(f.count, 1);
}

static void
follows_a_chain_of_any_length(void **state)
{
	enum { LEN = 200000 };
	struct cycles_edge *edge = ARENA_ARRAY(*state, struct cycles_edge, LEN);

	for (uint32_t i = 0; i < LEN; i++)
		edge[i] = (struct cycles_edge){ i, (i + 1) % LEN };

	struct found f = search(*state, edge, LEN, LEN);

	assert_int_equal(f.count, 1);
	assert_int_equal(f.len[0], LEN);
}

static void
says_when_there_is_no_memory(void **state)
{
	struct budget b = budget_of(0, 64);
	struct arena *a = arena_new(&b);
	struct cycles_edge edge[] = { { 0, 0 } };
	struct found f = { 0 };

	(void)state;
	assert_false(cycles_find(edge, 1, 1000, a, note, &f));
	assert_int_equal(f.count, 0);
	arena_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(finds_two_that_wait_for_each_other),
		UNIT_TEST(finds_who_waits_for_himself),
		UNIT_TEST(takes_a_diamond_for_no_cycle),
		UNIT_TEST(takes_two_waiters_behind_one_owner_for_no_cycle),
		UNIT_TEST(finds_every_ring_once),
		UNIT_TEST(passes_over_edges_that_lead_nowhere),
		UNIT_TEST(ends_when_it_is_told_to),
		UNIT_TEST(follows_a_chain_of_any_length),
		UNIT_TEST(says_when_there_is_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
