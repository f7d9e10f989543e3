/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/reader.h"

#include "unit.h"

static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static void
reads_both_byte_orders(void **state)
{
	struct reader little = reader_over((struct bytes){ bytes, 8 }, ORDER_LITTLE, "x", *state);
	struct reader big = reader_over((struct bytes){ bytes, 8 }, ORDER_BIG, "x", *state);

	assert_int_equal(reader_u8(&little), 1);
	assert_int_equal(reader_u16(&little), 0x0302);
	assert_int_equal(reader_u32(&little), 0x07060504);
	assert_int_equal(reader_left(&little), 1);
	assert_int_equal(reader_u64(&big), 0x0102030405060708);
	assert_null(reader_error(&big));
}

static void
gives_zero_after_its_first_failure(void **state)
{
	struct reader r = reader_over((struct bytes){ bytes, 3 }, ORDER_LITTLE, "head", *state);

	assert_int_equal(reader_u32(&r), 0);
	assert_int_equal(reader_u8(&r), 0);
	assert_int_equal(reader_left(&r), 0);
	assert_string_equal(error_text(*state, reader_error(&r)),
			    "head: cut short: 4 bytes wanted at offset 0 of 3");
}

static void
refuses_a_count_the_input_cannot_hold(void **state)
{
	struct reader r = reader_over((struct bytes){ bytes, 8 }, ORDER_LITTLE, "x", *state);

	assert_int_equal(reader_count(&r, 2, 4), 2);
	assert_int_equal(reader_count(&r, UINT64_MAX, 4), 0);
	assert_non_null(reader_error(&r));
}

static void
does_not_seek_or_read_past_the_end(void **state)
{
	struct reader r = reader_over((struct bytes){ bytes, 8 }, ORDER_LITTLE, "x", *state);

	reader_seek(&r, 8);
	assert_null(reader_error(&r));
	reader_seek(&r, 9);
	assert_non_null(reader_error(&r));

	struct reader s = reader_over((struct bytes){ bytes, 8 }, ORDER_LITTLE, "x", *state);

	reader_skip(&s, UINT64_MAX);
	assert_non_null(reader_error(&s));
}

static void
knows_zeros_up_to_the_last_byte(void **state)
{
	uint8_t b[20] = { 0 };

	(void)state;
	assert_true(bytes_are_zero((struct bytes){ NULL, 0 }));
	assert_true(bytes_are_zero((struct bytes){ b, 1 }));
	for (size_t i = 0; i < sizeof(b); i++) {
		assert_true(bytes_are_zero((struct bytes){ b, sizeof(b) }));
		b[i] = 1;
		assert_false(bytes_are_zero((struct bytes){ b, sizeof(b) }));
		assert_true(bytes_are_zero((struct bytes){ b, i }));
		b[i] = 0;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_both_byte_orders),
		UNIT_TEST(gives_zero_after_its_first_failure),
		UNIT_TEST(refuses_a_count_the_input_cannot_hold),
		UNIT_TEST(does_not_seek_or_read_past_the_end),
		UNIT_TEST(knows_zeros_up_to_the_last_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
