/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/layout.h"

#include "unit.h"

#include <string.h>

static const char *
laid(struct arena *a, const char *text, unsigned int width)
{
	struct text out = text_new(a);

	layout_write(str_of(text), width, &out);
	return text_str(&out).p;
}

struct example {
	const char *in;
	const char *out;
};

static void
check_all(void **state, const struct example *e, size_t count, unsigned int width)
{
	for (size_t i = 0; i < count; i++)
		assert_string_equal(laid(*state, e[i].in, width), e[i].out);
}

#define WRAP LAYOUT_WRAP
#define COL LAYOUT_COL
#define CELL LAYOUT_CELL

static void
needless_blanks_are_removed(void **state)
{
	static const struct example examples[] = {
		{ "", "" },
		{ "\n\na  \n\n\n\nb\t\n\n\n", "a\n\nb\n" },
		{ "a", "a\n" },
		{ "a\n   \nb", "a\n\nb\n" },
		{ "```\n\n\nx\n\n```\n\n\ny", "```\n\n\nx\n\n```\n\ny\n" },
		{ "````\n```\n\n\n````\n", "````\n```\n\n\n````\n" },
	};

	check_all(state, examples, ARRAY_LEN(examples), 0);
}

static void
paragraphs_are_wrapped_below_the_mark(void **state)
{
	static const struct example examples[] = {
		{ WRAP "aaaa bbbb cccc dddd eeee", "aaaa bbbb cccc dddd\neeee\n" },
		{ "  - " WRAP "aaaa bbbb cccc dddd", "  - aaaa bbbb cccc\n    dddd\n" },
		{ WRAP "a_word_that_is_longer_than_the_line b",
		  "a_word_that_is_longer_than_the_line\nb\n" },
		{ WRAP "", "" },
		{ "aaaa bbbb cccc dddd eeee ffff", "aaaa bbbb cccc dddd eeee ffff\n" },
		{ WRAP "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 bbbb cccc dddd x",
		  "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9 bbbb cccc dddd\nx\n" },
		{ WRAP "\033[1maaaa\033[0m bbbb cccc dddd x",
		  "\033[1maaaa\033[0m bbbb cccc dddd\nx\n" },
		{ "a long head before the mark " WRAP "b c", "a long head before the mark b c\n" },
	};

	check_all(state, examples, ARRAY_LEN(examples), 20);
	assert_string_equal(laid(*state, WRAP "aaaa bbbb cccc dddd eeee", 0),
			    "aaaa bbbb cccc dddd eeee\n");
}

static void
columns_of_a_block_are_aligned(void **state)
{
	static const struct example examples[] = {
		{ "a" COL "b\nccc" COL "d\n", "a    b\nccc  d\n" },
		{ "a" COL "b\n\nccc" COL "d\n", "a  b\n\nccc  d\n" },
		{ "a" COL COL "b\nc" COL COL "d", "a  b\nc  d\n" },
		{ "a" COL "b" COL "c\nd" COL COL "e", "a  b  c\nd     e\n" },
		{ "k" COL WRAP "aaaa bbbb cccc dddd", "k  aaaa bbbb cccc\n   dddd\n" },
		{ "a" COL "\nb" COL "", "a\nb\n" },
		{ "a_cell_of_more_than_forty_columns_pushes_only_its_line" COL "x\na" COL "y",
		  "a_cell_of_more_than_forty_columns_pushes_only_its_line  x\na  y\n" },
		{ "1" COL "2" COL "3" COL "4" COL "5" COL "6" COL "7" COL "8" COL "9" COL "10",
		  "1  2  3  4  5  6  7  8  910\n" },
	};

	check_all(state, examples, ARRAY_LEN(examples), 20);
}

static void
cells_are_packed_into_lines(void **state)
{
	static const struct example examples[] = {
		{ CELL "aa\n" CELL "b\n" CELL "ccc\n" CELL "d\n" CELL "e\n",
		  "aa   b    ccc  d\ne\n" },
		{ "  " CELL "aaaaaaaa\n  " CELL "b\n  " CELL "c\n", "  aaaaaaaa  b\n  c\n" },
		{ CELL "a_cell_that_is_longer_than_the_line\n" CELL "b\n",
		  "a_cell_that_is_longer_than_the_line\nb\n" },
		{ "x\n" CELL "a\ny", "x\na\ny\n" },
	};

	check_all(state, examples, ARRAY_LEN(examples), 20);
}

/* Marks in any order and number: every other byte comes out, in its order. */
static void
no_text_is_lost_whatever_the_marks(void **state)
{
	static const char alphabet[] = "ab \n" WRAP COL CELL "`";
	uint32_t random = 1;

	for (int i = 0; i < 20000; i++) {
		char in[33] = "";
		char letters[2][33] = { "", "" };
		size_t n[2] = { 0, 0 };
		struct arena *scratch = arena_new_temporary(*state);

		for (size_t j = 0; j < sizeof(in) - 1; j++) {
			random = random * 1664525 + 1013904223;
			in[j] = alphabet[(random >> 16) % (sizeof(alphabet) - 1)];
		}

		const char *out = laid(scratch, in, 10 + random % 30);

		for (const char *p = in; *p != '\0'; p++) {
			if (strchr("ab`", *p) != NULL)
				letters[0][n[0]++] = *p;
		}
		for (const char *p = out; *p != '\0'; p++) {
			if (strchr("ab`", *p) != NULL)
				letters[1][n[1]++] = *p;
		}
		assert_string_equal(letters[0], letters[1]);
		arena_free(scratch);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(needless_blanks_are_removed),
		UNIT_TEST(paragraphs_are_wrapped_below_the_mark),
		UNIT_TEST(columns_of_a_block_are_aligned),
		UNIT_TEST(cells_are_packed_into_lines),
		UNIT_TEST(no_text_is_lost_whatever_the_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
