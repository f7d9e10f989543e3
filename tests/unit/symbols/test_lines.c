/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "symbols/lines.h"

#include "unit.h"

#include <string.h>

/* clang-format off */
static const uint8_t good[] = {
	LINES_FILE, 4, 0, 'a', 'b', 'c', 'd',
	/* place 1 in /b: inner, a.h, 7; outer, a.c, 300 */
	LINES_PLACE, 1, 0, 0, 0, 2, 0, '/', 'b', 2, 0,
	5, 0, 'i', 'n', 'n', 'e', 'r', 3, 0, 'a', '.', 'h', 7, 0, 0, 0,
	5, 0, 'o', 'u', 't', 'e', 'r', 3, 0, 'a', '.', 'c', 44, 1, 0, 0,
	/* p, int, the word at register 5 less 8 */
	LINES_PARAMETER, 1, 0, 'p', 3, 0, 'i', 'n', 't',
	LINES_REGISTER, 1, 5, 0, 0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	/* frame 1 is behind a call of f, which passed 77 in register 4 */
	LINES_CALL, 1, 0, 0, 0, 1, 0, 'f', 1, 4, 0, LINES_NUMBER, 0, 0, 0, 77, 0, 0, 0, 0, 0, 0, 0,
	/* it has its CFA at register 7 and 16, and has saved register 3 there, less 16 */
	LINES_UNWIND, 1, 0, 0, 0, LINES_REGISTER, 0, 7, 0, 16, 0, 0, 0, 0, 0, 0, 0,
	1, 3, 0, LINES_CFA, 1, 0, 0, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	/* access 0: p->v, s *, v */
	LINES_ACCESS, 0, 0, 0, 0, 4, 0, 'p', '-', '>', 'v', 3, 0, 's', ' ', '*', 1, 0, 'v',
	/* text 0: three bytes, the last of which may change */
	LINES_TEXT, 0, 0, 0, 0, 3, 0, 0, 0, 0x55, 0x90, 0xc3, LINES_COMPARE, LINES_COMPARE,
	LINES_MAY_CHANGE,
	LINES_END,
};
/* clang-format on */

static const struct lines_place places[2];
static const struct lines_access accesses[1];
static const struct lines_text_wanted texts[1] = { { 1, 3 } };
static const size_t frames[2] = { 0, 1 };
static const struct lines_job job = { .place = places,
				      .count = 2,
				      .access = accesses,
				      .access_count = 1,
				      .text = texts,
				      .text_count = 1,
				      .frame = frames,
				      .frame_count = 2 };

static const struct error *
parse(const void *p, size_t len, struct arena *a, struct lines *out)
{
	return lines_parse((struct bytes){ p, len }, &job, a, out);
}

static void
reads_an_answer(void **state)
{
	struct lines l;

	assert_null(parse(good, sizeof(good), *state, &l));
	assert_true(l.whole);
	assert_true(str_is_c(l.build_id, "abcd"));
	assert_int_equal(l.place[0].count, 0);
	assert_int_equal(l.place[1].count, 2);
	assert_true(str_is_c(l.place[1].comp_dir, "/b"));
	assert_true(str_is_c(l.place[1].frame[0].function, "inner"));
	assert_int_equal(l.place[1].frame[1].line, 300);
	assert_int_equal(l.parameter_count, 1);
	assert_true(str_is_c(l.parameter[0].name, "p"));
	assert_int_equal(l.parameter[0].at.base, LINES_REGISTER);
	assert_int_equal(l.parameter[0].at.dwarf, 5);
	assert_int_equal(l.parameter[0].at.add, -8);
	assert_true(l.parameter[0].at.in_memory);
	assert_int_equal(l.stack[0].passed_count, 0);
	assert_int_equal(l.stack[0].cfa.base, LINES_UNKNOWN);
	assert_true(str_is_c(l.stack[1].callee, "f"));
	assert_int_equal(l.stack[1].passed_count, 1);
	assert_int_equal(l.stack[1].passed[0].dwarf, 4);
	assert_int_equal(l.stack[1].passed[0].value.base, LINES_NUMBER);
	assert_int_equal(l.stack[1].passed[0].value.add, 77);
	assert_int_equal(l.stack[1].cfa.dwarf, 7);
	assert_int_equal(l.stack[1].cfa.add, 16);
	assert_int_equal(l.stack[1].saved_count, 1);
	assert_int_equal(l.stack[1].saved[0].dwarf, 3);
	assert_int_equal(l.stack[1].saved[0].value.add, -16);
	assert_true(str_is_c(l.access[0].text, "p->v"));
	assert_true(str_is_c(l.access[0].type, "s *"));
	assert_true(str_is_c(l.access[0].member, "v"));
	assert_int_equal(l.text[0].bytes.len, 3);
	assert_int_equal(l.text[0].bytes.p[2], 0xc3);
	assert_int_equal(l.text[0].mask.p[2], LINES_MAY_CHANGE);
}

static void
an_answer_cut_anywhere_is_an_error_and_keeps_its_front(void **state)
{
	for (size_t len = 0; len < sizeof(good); len++) {
		uint8_t copy[sizeof(good)];
		struct lines l;

		memcpy(copy, good, len);
		assert_non_null(parse(copy, len, *state, &l));
		assert_false(l.whole);
		assert_int_equal(l.place[1].count, len < 50 ? 0 : 2);
	}
}

static void
bears_any_byte_flipped(void **state)
{
	for (size_t i = 0; i < sizeof(good) * 8; i++) {
		uint8_t copy[sizeof(good)];
		struct lines l;

		memcpy(copy, good, sizeof(good));
		copy[i / 8] ^= (uint8_t)(1 << i % 8);
		(void)parse(copy, sizeof(copy), *state, &l);
		assert_true(l.place[0].count <= sizeof(good));
		assert_true(l.parameter_count <= sizeof(good));
	}
}

static void
a_failure_says_why(void **state)
{
	static const uint8_t failed[] = { LINES_FAILED, ERROR_ABSENT, 2, 0, 'n', 'o' };
	static const uint8_t strange[] = { LINES_FAILED, 77, 2, 0, 'n', 'o' };
	struct lines l;
	const struct error *e = parse(failed, sizeof(failed), *state, &l);

	assert_non_null(e);
	assert_int_equal(e->code, ERROR_ABSENT);
	assert_string_equal(e->message, "no");
	e = parse(strange, sizeof(strange), *state, &l);
	assert_int_equal(e->code, ERROR_CORRUPT);
}

static void
texts_have_no_control_characters(void **state)
{
	static const uint8_t bell[] = { LINES_FILE, 3, 0, 'a', 7, 0x1b, LINES_END };
	struct lines l;

	assert_null(parse(bell, sizeof(bell), *state, &l));
	assert_true(str_is_c(l.build_id, "a??"));
}

static void
more_code_than_was_asked_for_is_refused(void **state)
{
	static const uint8_t longer[] = { LINES_TEXT, 0, 0, 0, 0, 4, 0, 0, 0,
					  1,          2, 3, 4, 0, 0, 0, 0, LINES_END };
	static const uint8_t second[] = { LINES_TEXT, 1, 0, 0, 0, 0, 0, 0, 0, LINES_END };
	struct lines l;

	assert_non_null(parse(longer, sizeof(longer), *state, &l));
	assert_int_equal(l.text[0].bytes.len, 0);
	assert_non_null(parse(second, sizeof(second), *state, &l));
}

static void
a_frame_that_was_not_asked_for_is_refused(void **state)
{
	static const uint8_t call[] = { LINES_CALL, 2, 0, 0, 0, 0, 0, 0, LINES_END };
	static const uint8_t unwind[] = {
		LINES_UNWIND, 2, 0, 0, 0, LINES_CFA, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, LINES_END
	};
	struct lines l;

	assert_non_null(parse(call, sizeof(call), *state, &l));
	assert_non_null(parse(unwind, sizeof(unwind), *state, &l));
}

static void
a_value_of_no_known_kind_is_refused(void **state)
{
	uint8_t copy[sizeof(good)];
	struct lines l;

	memcpy(copy, good, sizeof(good));
	for (size_t i = 0; i + 1 < sizeof(good); i++) {
		if (copy[i] == LINES_REGISTER && copy[i + 1] == 1 && copy[i + 2] == 5)
			copy[i] = LINES_BASES;
	}
	assert_non_null(parse(copy, sizeof(copy), *state, &l));
	assert_int_equal(l.parameter_count, 0);
}

static void
a_place_that_was_not_asked_for_is_refused(void **state)
{
	static const uint8_t third[] = { LINES_PLACE, 2, 0, 0, 0, 0, 0, 0, 0, LINES_END };
	struct lines l;

	assert_non_null(parse(third, sizeof(third), *state, &l));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(reads_an_answer),
		UNIT_TEST(an_answer_cut_anywhere_is_an_error_and_keeps_its_front),
		UNIT_TEST(bears_any_byte_flipped),
		UNIT_TEST(a_failure_says_why),
		UNIT_TEST(texts_have_no_control_characters),
		UNIT_TEST(more_code_than_was_asked_for_is_refused),
		UNIT_TEST(a_frame_that_was_not_asked_for_is_refused),
		UNIT_TEST(a_value_of_no_known_kind_is_refused),
		UNIT_TEST(a_place_that_was_not_asked_for_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
