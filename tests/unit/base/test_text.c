/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/text.h"

#include "base/limits.h"
#include "base/utf8.h"

#include "unit.h"

#include <string.h>

static void
grows_at_its_end_and_is_always_terminated(void **state)
{
	struct text t = text_new(*state);

	assert_string_equal(text_str(&t).p, "");
	for (int i = 0; i < 1000; i++)
		text_printf(&t, "%d,", i % 10);
	text_char(&t, 'x');
	text_put(&t, STR("yz"));
	assert_int_equal(text_str(&t).len, 2003);
	assert_int_equal(strlen(text_str(&t).p), 2003);
	assert_string_equal(text_str(&t).p + 1998, "9,xyz");
	assert_false(t.full);
}

static void
leaves_out_what_is_beyond_the_limit_and_says_so(void **state)
{
	struct text t = text_new(*state);
	size_t mebibyte = 1 << 20;
	struct str s = { ARENA_ARRAY((struct arena *)*state, char, mebibyte), mebibyte };

	for (size_t i = 0; i < LIMIT_TEXT_BYTES / mebibyte; i++)
		text_put(&t, s);
	assert_false(t.full);
	assert_int_equal(t.len, LIMIT_TEXT_BYTES);
	text_char(&t, 'x');
	text_printf(&t, "%d", 1);
	assert_true(t.full);
	assert_int_equal(text_str(&t).len, LIMIT_TEXT_BYTES);
}

static void
takes_every_well_formed_character_and_nothing_else(void **state)
{
	static const struct {
		const char *bytes;
		bool good;
		uint32_t code_point;
		size_t left;
	} examples[] = {
		{ "A", true, 'A', 0 },
		{ "\xc3\xa9x", true, 0xe9, 1 },
		{ "\xe2\x82\xac", true, 0x20ac, 0 },
		{ "\xf0\x9f\x90\xa7", true, 0x1f427, 0 },
		{ "\xf4\x8f\xbf\xbf", true, 0x10ffff, 0 },
		{ "\xf4\x90\x80\x80", false, 0, 0 },
		{ "\xed\xa0\x80", false, 0, 0 },
		{ "\xc0\x80", false, 0, 0 },
		{ "\xe0\x80\xaf", false, 0, 0 },
		{ "\x80x", false, 0, 1 },
		{ "\xff", false, 0, 0 },
		{ "\xe2\x82", false, 0, 0 },
		{ "\xe2xy", false, 0, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		struct str s = str_of(examples[i].bytes);
		uint32_t c = 0;

		assert_int_equal(utf8_take(&s, &c), examples[i].good);
		assert_int_equal(c, examples[i].code_point);
		assert_int_equal(s.len, examples[i].left);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(grows_at_its_end_and_is_always_terminated),
		UNIT_TEST(leaves_out_what_is_beyond_the_limit_and_says_so),
		UNIT_TEST(takes_every_well_formed_character_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
