/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dump/bitmap.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	OFF = 100,      /* of the bitmap in the file */
	BITS = 1000003, /* 31 blocks, the last in part */
};

/* A third of the bits, by chance; the bits behind the end are set. */
static uint8_t *
make_bits(struct arena *a)
{
	uint8_t *b = ARENA_ARRAY(a, uint8_t, OFF + BITS / 8 + 8);
	uint32_t seed = 1;

	memset(b + OFF + BITS / 8, 0xff, 8);
	for (size_t bit = 0; bit < BITS; bit++) {
		seed = seed * 1103515245 + 12345;
		if (seed >> 16 & 3)
			b[OFF + bit / 8] &= (uint8_t) ~(1u << bit % 8);
		else
			b[OFF + bit / 8] |= (uint8_t)(1u << bit % 8);
	}
	return b;
}

static bool
bit_of(const uint8_t *b, size_t bit)
{
	return (b[OFF + bit / 8] >> bit % 8 & 1) != 0;
}

static struct source *
source_of(const uint8_t *b, struct arena *a)
{
	return source_of_bytes((struct bytes){ b, OFF + BITS / 8 + 8 }, a);
}

static void
counts_the_bits_before_any_bit(void **state)
{
	const uint8_t *b = make_bits(*state);
	const uint64_t first[] = { 0, 1, 63, 64, 32767, 32768, 100000 };

	for (size_t k = 0; k < ARRAY_LEN(first); k++) {
		struct bitmap *m = bitmap_new(source_of(b, *state), OFF, BITS, first[k], *state);
		uint64_t want = 0, got = 0;

		for (size_t bit = first[k]; bit <= BITS; bit++) {
			if (bit % 977 == 0 || bit % 32768 < 2 || bit == BITS) {
				assert_int_equal(bitmap_rank(m, bit, &got), SOURCE_READ);
				assert_int_equal(got, want);
			}
			want += bit < BITS && bit_of(b, bit);
		}
		assert_int_equal(bitmap_rank(m, BITS + 1, &got), SOURCE_END);
	}
}

static void
counts_the_same_in_any_order(void **state)
{
	const uint8_t *b = make_bits(*state);
	struct bitmap *up = bitmap_new(source_of(b, *state), OFF, BITS, 0, *state);
	struct bitmap *down = bitmap_new(source_of(b, *state), OFF, BITS, 0, *state);
	uint64_t x = 0, y = 0;

	for (uint64_t bit = 0; bit < BITS; bit += 31337) {
		assert_int_equal(bitmap_rank(up, bit, &x), SOURCE_READ);
		assert_int_equal(bitmap_rank(down, BITS - bit, &y), SOURCE_READ);
	}
	for (uint64_t bit = 0; bit < BITS; bit += 31337) {
		assert_int_equal(bitmap_rank(up, bit, &x), SOURCE_READ);
		assert_int_equal(bitmap_rank(down, bit, &y), SOURCE_READ);
		assert_int_equal(x, y);
	}
}

static void
finds_every_set_bit(void **state)
{
	const uint8_t *b = make_bits(*state);
	struct bitmap *m = bitmap_new(source_of(b, *state), OFF, BITS, 0, *state);
	uint64_t next = 0;

	for (uint64_t bit = 0; bit < BITS; bit++) {
		bool set = false;

		assert_int_equal(bitmap_test(m, bit, &set), SOURCE_READ);
		assert_int_equal(set, bit_of(b, bit));
		if (!set)
			continue;
		assert_true(bitmap_next(m, &next));
		assert_int_equal(next, bit);
		next++;
	}
	assert_false(bitmap_next(m, &next));
}

static void
says_what_lies_beyond_the_file(void **state)
{
	const uint8_t *b = make_bits(*state);
	struct source *s = source_of_bytes((struct bytes){ b, OFF + 3 * 4096 }, *state);
	struct bitmap *m = bitmap_new(s, OFF, BITS, 0, *state);
	uint64_t n = 0, next = 3 * 32768;
	bool set = true;

	assert_int_equal(bitmap_rank(m, 3 * 32768 - 1, &n), SOURCE_READ);
	assert_int_equal(bitmap_rank(m, 3 * 32768 + 1, &n), SOURCE_END);
	assert_int_equal(bitmap_test(m, 5 * 32768, &set), SOURCE_END);
	assert_false(set);
	assert_false(bitmap_next(m, &next));
}

/* A sparse file of 64 MiB whose holes are never read. */
static void
passes_over_holes(void **state)
{
	char path[] = "/tmp/bitmap.XXXXXX";
	int fd = mkstemp(path);
	struct source *s = NULL;
	uint64_t bits = (uint64_t)512 << 20, n = 0, next = 1;
	const uint8_t one = 0x80;

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)(bits / 8)), 0);
	assert_int_equal(pwrite(fd, &one, 1, 0), 1);
	assert_int_equal(pwrite(fd, &one, 1, (off_t)(bits / 8 - 1)), 1);
	close(fd);
	assert_null(source_open(path, *state, &s));
	unlink(path);

	struct bitmap *m = bitmap_new(s, 0, bits, 0, *state);

	assert_int_equal(bitmap_rank(m, bits, &n), SOURCE_READ);
	assert_int_equal(n, 2);
	assert_true(bitmap_next(m, &next));
	assert_int_equal(next, 7);
	next++;
	assert_true(bitmap_next(m, &next));
	assert_int_equal(next, bits - 1);
}

static void
counts_bits_that_another_lacks(void **state)
{
	const uint8_t *b = make_bits(*state);
	uint8_t *other = ARENA_ARRAY(*state, uint8_t, OFF + BITS / 8 + 8);
	const uint64_t range[][2] = {
		{ 0, 1000064 }, { 64, 128 }, { 32704, 65600 }, { 999936, 1000064 }
	};
	const uint64_t first = 32800;

	memcpy(other, b, OFF + BITS / 8 + 1);
	for (size_t bit = 0; bit < BITS; bit += 61)
		other[OFF + bit / 8] &= (uint8_t) ~(1u << bit % 8);
	other[OFF + BITS / 8] = 0; /* bits behind the end do not count */

	struct bitmap *m = bitmap_new(source_of(b, *state), OFF, BITS, first, *state);
	struct bitmap *o = bitmap_new(source_of(other, *state), OFF, BITS, 0, *state);

	for (size_t k = 0; k < ARRAY_LEN(range); k++) {
		uint64_t want = 0, got = 0;
		bool any = false;

		for (uint64_t bit = range[k][0]; bit < range[k][1] && bit < BITS; bit++)
			want += bit >= first && bit_of(b, bit) && !bit_of(other, bit);
		assert_int_equal(bitmap_beyond(m, o, range[k][0], range[k][1], &got, &any),
				 SOURCE_READ);
		assert_int_equal(got, want);
		assert_true(any);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(counts_the_bits_before_any_bit),
		UNIT_TEST(counts_the_same_in_any_order),
		UNIT_TEST(finds_every_set_bit),
		UNIT_TEST(says_what_lies_beyond_the_file),
		UNIT_TEST(passes_over_holes),
		UNIT_TEST(counts_bits_that_another_lacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
