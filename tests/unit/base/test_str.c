/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/str.h"

#include "unit.h"

static void
cuts_lines_with_and_without_carriage_returns_and_a_last_one_without_an_end(void **state)
{
	struct str text = STR("one\r\ntwo\n\nfour");
	struct str line = { 0 };

	(void)state;
	assert_true(str_take_line(&text, &line));
	assert_true(str_is_c(line, "one"));
	assert_true(str_take_line(&text, &line));
	assert_true(str_is_c(line, "two"));
	assert_true(str_take_line(&text, &line));
	assert_int_equal(line.len, 0);
	assert_true(str_take_line(&text, &line));
	assert_true(str_is_c(line, "four"));
	assert_false(str_take_line(&text, &line));
}

static void
takes_numbers_only_whole_and_only_if_they_fit(void **state)
{
	struct str s = STR("18446744073709551615 rest");
	struct str too_long = STR("18446744073709551616");
	struct str hex = STR("0xFFffFFffFFffFFff,");
	struct str long_hex = STR("10000000000000000");
	struct str zero_x = STR("0x");
	uint64_t v = 7;

	(void)state;
	assert_true(str_take_decimal(&s, &v));
	assert_int_equal(v, UINT64_MAX);
	assert_true(str_is_c(s, " rest"));
	assert_false(str_take_decimal(&too_long, &v));
	assert_true(str_take_hex(&hex, &v));
	assert_true(str_is_c(hex, ","));
	assert_false(str_take_hex(&long_hex, &v));
	assert_true(str_take_hex(&zero_x, &v)); /* the number 0, and an x behind it */
	assert_true(str_is_c(zero_x, "x"));
	assert_false(str_take_decimal(&zero_x, &v));
}

static void
reads_numbers_of_any_base_and_sign(void **state)
{
	uint64_t v = 0;

	(void)state;
	assert_true(str_to_number(STR("-2"), &v));
	assert_int_equal(v, (uint64_t)-2);
	assert_true(str_to_number(STR("0x10"), &v));
	assert_int_equal(v, 16);
	assert_true(str_to_number(STR("010"), &v));
	assert_int_equal(v, 8);
	assert_true(str_to_number(STR("0"), &v));
	assert_int_equal(v, 0);
	assert_false(str_to_number(STR("12x"), &v));
	assert_false(str_to_number(STR(""), &v));
	assert_false(str_to_number(STR("-"), &v));
}

static void
an_empty_slice_is_harmless(void **state)
{
	struct str none = { NULL, 0 };
	struct str line = { 0 };

	(void)state;
	assert_false(str_take_line(&none, &line));
	assert_false(str_take_word(&none, &line));
	assert_int_equal(str_find(none, STR("x")), STR_NONE);
	assert_int_equal(str_find_char(none, 'x'), STR_NONE);
	assert_true(str_is(none, STR("")));
	assert_int_equal(str_trim(none).len, 0);
	assert_int_equal(str_from(STR("abc"), 9).len, 0);
}

static void
trims_and_cuts_words(void **state)
{
	struct str s = STR("  two words ");
	struct str word = { 0 };

	(void)state;
	assert_true(str_is_c(str_trim(s), "two words"));
	assert_true(str_take_word(&s, &word));
	assert_true(str_is_c(word, "two"));
	assert_true(str_take_word(&s, &word));
	assert_true(str_is_c(word, "words"));
	assert_false(str_take_word(&s, &word));
}

static void
knows_a_word_by_its_letters(void **state)
{
	(void)state;
	assert_true(str_is_word(STR("eth0")));
	assert_true(str_is_word(STR("!~")));
	assert_false(str_is_word(STR("")));
	assert_false(str_is_word(STR("two words")));
	assert_false(str_is_word(STR("\x1b[1m")));
	assert_false(str_is_word(STR("caf\xc3\xa9")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(
			cuts_lines_with_and_without_carriage_returns_and_a_last_one_without_an_end),
		UNIT_TEST(takes_numbers_only_whole_and_only_if_they_fit),
		UNIT_TEST(reads_numbers_of_any_base_and_sign),
		UNIT_TEST(an_empty_slice_is_harmless),
		UNIT_TEST(trims_and_cuts_words),
		UNIT_TEST(knows_a_word_by_its_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
