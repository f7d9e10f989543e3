/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/extents.h"

#include "unit.h"

static struct extents
build(void *arena, const struct piece *piece, size_t count)
{
	struct extents e = { 0 };

	assert_true(extents_build(piece, count, arena, &e));
	return e;
}

static void
gives_overlapping_bytes_to_the_first_piece(void **state)
{
	const struct piece piece[] = { { 20, 30 }, { 10, 40 }, { 5, 25 } };
	const struct extent want[] = { { 5, 10, 2 }, { 10, 20, 1 }, { 20, 30, 0 }, { 30, 40, 1 } };
	struct extents e = build(*state, piece, 3);

	assert_int_equal(e.count, 4);
	for (size_t i = 0; i < e.count; i++) {
		assert_int_equal(e.extent[i].from, want[i].from);
		assert_int_equal(e.extent[i].to, want[i].to);
		assert_int_equal(e.extent[i].piece, want[i].piece);
	}
}

static void
passes_over_empty_and_covered_pieces(void **state)
{
	const struct piece piece[] = { { 0, 100 }, { 7, 7 }, { 9, 3 }, { 10, 20 } };
	struct extents e = build(*state, piece, 4);

	assert_int_equal(e.count, 1);
	assert_int_equal(e.extent[0].to, 100);
	assert_int_equal(build(*state, NULL, 0).count, 0);
}

static void
finds_the_extent_at_or_behind_an_address(void **state)
{
	const struct piece piece[] = { { 10, 20 }, { 30, 40 } };
	struct extents e = build(*state, piece, 2);

	assert_ptr_equal(extents_find(&e, 0), &e.extent[0]);
	assert_ptr_equal(extents_find(&e, 19), &e.extent[0]);
	assert_ptr_equal(extents_find(&e, 20), &e.extent[1]);
	assert_null(extents_find(&e, 40));
}

/* Against the plain rule, a byte at a time. */
static void
agrees_with_a_search_of_all_pieces(void **state)
{
	struct piece piece[40];
	uint32_t seed = 1;

	for (size_t i = 0; i < ARRAY_LEN(piece); i++) {
		seed = seed * 1103515245 + 12345;
		piece[i].from = seed >> 16 & 255;
		seed = seed * 1103515245 + 12345;
		piece[i].to = piece[i].from + (seed >> 16 & 31);
	}

	struct extents e = build(*state, piece, ARRAY_LEN(piece));

	for (uint64_t at = 0; at < 300; at++) {
		const struct extent *x = extents_find(&e, at);
		size_t want = 0;

		while (want < ARRAY_LEN(piece) && (at < piece[want].from || at >= piece[want].to))
			want++;
		if (want == ARRAY_LEN(piece)) {
			assert_true(x == NULL || x->from > at);
		} else {
			assert_non_null(x);
			assert_int_equal(x->piece, want);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(gives_overlapping_bytes_to_the_first_piece),
		UNIT_TEST(passes_over_empty_and_covered_pieces),
		UNIT_TEST(finds_the_extent_at_or_behind_an_address),
		UNIT_TEST(agrees_with_a_search_of_all_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
